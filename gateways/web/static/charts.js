"use strict";
(function () {
  var COLOURS = ["#3f66d8", "#7ba428", "#4b4e6d", "#f08a35", "#1399c6", "#a3141b", "#7a4d9f", "#2b8a6b"];
  var still = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var ROW = 30, LEAST = 280;
  /* A bar chart grows with its rows, so that their labels never overlap. */
  function draw(id, option, rows) {
    var place = document.getElementById(id);
    if (!place) { return; }
    place.hidden = false;
    if (rows) { place.style.height = Math.max(LEAST, rows * ROW + 40) + "px"; }
    var chart = window.echarts.getInstanceByDom(place) || window.echarts.init(place);
    if (rows) { chart.resize(); }
    option.color = COLOURS;
    option.animation = !still;
    option.tooltip = { trigger: option.tooltipAs || "item", renderMode: "richText", confine: true };
    delete option.tooltipAs;
    chart.setOption(option, true);
  }
  function months(rows) { return rows.map(function (row) { return row.month || row.period || row.at; }); }
  function values(rows) { return rows.map(function (row) { return row.value === undefined ? row.count : row.value; }); }
  function show(data) {
    draw("chart-trend", {
      tooltipAs: "axis",
      grid: { left: 12, right: 24, top: 16, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: months(data.trend), boundaryGap: false },
      yAxis: { type: "value", minInterval: 1 },
      series: [{ type: "line", name: data.title, data: values(data.trend), symbolSize: 7, areaStyle: { opacity: .08 } }]
    });
    var ranked = data.regions.slice(0, 15).reverse();
    draw("chart-regions", {
      tooltipAs: "axis",
      grid: { left: 12, right: 40, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: { type: "category", axisLabel: { interval: 0 }, data: ranked.map(function (row) { return row.name || row.region; }) },
      series: [{ type: "bar", name: data.title, data: values(ranked), barMaxWidth: 22, label: { show: true, position: "right" } }]
    }, ranked.length);
    var counted = data.figures.slice().reverse();
    draw("chart-states", {
      tooltipAs: "axis",
      grid: { left: 12, right: 40, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", minInterval: 1 },
      yAxis: { type: "category", axisLabel: { fontSize: 11, lineHeight: 13, interval: 0, width: 150, overflow: "break" }, data: counted.map(function (one) { return one.name; }) },
      series: [{ type: "bar", data: values(counted), barMaxWidth: 14, label: { show: true, position: "right" } }]
    }, counted.length);
  }
  function load() {
    var panel = document.getElementById("panels");
    if (!panel) { return; }
    window.fetch(panel.getAttribute("data-source"), { credentials: "same-origin" })
      .then(function (response) { return response.ok ? response.json() : null; })
      .then(function (data) { if (data) { show(data); } });
  }
  window.addEventListener("resize", function () {
    document.querySelectorAll(".chart").forEach(function (place) {
      var chart = window.echarts.getInstanceByDom(place);
      if (chart) { chart.resize(); }
    });
  });
  document.addEventListener("htmx:afterSwap", load);
  load();
})();
