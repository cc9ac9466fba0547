"use strict";
/* The progress chart of a campaign: tasks of each unit, stacked by state. The table below it has the same numbers. */
(function () {
  var COLOURS = ["#2b8a6b", "#3f66d8", "#8a94a0", "#a3141b"];
  var still = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var ROW = 34, LEAST = 160;
  var place = document.getElementById("chart-progress");
  if (!place) { return; }
  function draw(data) {
    place.hidden = false;
    place.style.height = Math.max(LEAST, data.units.length * ROW + 70) + "px";
    var chart = window.echarts.init(place);
    chart.setOption({
      animation: !still,
      color: COLOURS,
      aria: { enabled: false },
      legend: { top: 0 },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      grid: { left: 8, right: 20, top: 32, bottom: 8, containLabel: true },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: { type: "category", inverse: true, axisLabel: { interval: 0 }, data: data.units },
      series: data.series.map(function (one) {
        return { type: "bar", stack: "tasks", name: one.name, data: one.values, barMaxWidth: 20 };
      })
    });
    window.addEventListener("resize", function () { chart.resize(); });
  }
  window.fetch(place.getAttribute("data-source"), { credentials: "same-origin" })
    .then(function (response) { return response.ok ? response.json() : null; })
    .then(function (data) { if (data) { draw(data); } });
})();
