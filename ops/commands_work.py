"""`commands`, `do`, `play`: the catalogue, one command as a post, and whole scenarios."""

from __future__ import annotations

import base64
import json
import mimetypes
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from domain.commands import COMMANDS
from domain.departments import ORGANS
from domain.facts import instant
from gateways.contracts.schemas import command_schema
from gateways.department.deciding.answers import UnknownCommand
from ops.opened import Data, Json, opened, settings
from ops.output import FAILED, as_json, err, listing, out, said, shown
from ops.player import Played, Player, StepResult, StoreInUse, draw_for, incarnation_of
from ops.posts import post_of
from ops.scenario import Scenario, load
from ops.settings import Mode, StoreMode
from ops.wiring import House, house, organs_for


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    app.command("commands")(commands)
    app.command("do")(do)
    app.command("play")(play)


def commands(
    name: Annotated[str | None, typer.Argument(help="one command: prints its JSON Schema")] = None,
    json_: Json = False,
) -> None:
    """Lists the commands, or prints the JSON Schema of one."""
    if name is not None:
        if name not in COMMANDS:
            raise UnknownCommand(name)
        as_json(command_schema(COMMANDS[name]))
        return
    rows = [
        {
            "name": one.NAME,
            "zh": one.ZH,
            "en": one.EN,
            "organs": list(organs_for(one.NAME)),
            "automatic": one.AUTOMATIC,
            "irreversible": one.IRREVERSIBLE,
            "source": one.SOURCE,
        }
        for _, one in sorted(COMMANDS.items())
    ]
    label = (said("zh", "en"), said("名称", "Label"))
    listing(
        rows,
        [
            ("name", said("命令", "Command")),
            label,
            ("organs", said("机关", "Organs")),
            ("automatic", said("自动", "Automatic")),
            ("source", said("依据", "Source")),
        ],
        json_=json_,
    )


def do(
    name: Annotated[str, typer.Argument(help="the command")],
    post: Annotated[str, typer.Option("--post", help="who gives it: HRSS_APPR@210103")],
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="its data: a JSON object, or key=value once for each;"
            " again for one more of a list; key=@PATH for a file",
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="idempotency key; a new one by default")
    ] = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Gives one command as a post and prints the facts it brought about."""
    if name not in COMMANDS:
        raise UnknownCommand(name)
    body, who = command_data(name, with_ or []), post_of(post)
    with opened(data) as one:
        department = one.department(ORGANS[who.organ].node)
        given = department.give(
            name, body, who, key=key or str(uuid.uuid4()), credential="command-line"
        )
        one.let_settle()
        if json_:
            as_json(
                {"command": given.command_id, "repeated": given.repeated, "events": given.events}
            )
            return
        if given.repeated:
            out().print(said("（此前已记录）", "(recorded before)"))
        for event in given.events:
            out().print(f"{event.type}  {event.id}", markup=False)
        if not given.events:
            out().print(said("没有新的事实。", "Nothing new came of it."))


def command_data(name: str, parts: list[str]) -> dict[str, Any]:
    """The data of a command from `--with`: JSON objects and key=value pairs, later ones win.

    A value is read as its field's type says, so that a code of digits stays text. A list
    grows with each pair that names it; `key=@PATH` is the file at that place.
    Raises typer.BadParameter.
    """
    known = command_schema(COMMANDS[name])["properties"]
    data: dict[str, Any] = {}
    for part in parts:
        if part.lstrip().startswith("{"):
            try:
                data.update(json.loads(part))
            except ValueError as error:
                raise typer.BadParameter(
                    said(f"--with 不是 JSON：{error}", f"--with is not JSON: {error}")
                ) from None
            continue
        field, equals, value = part.partition("=")
        if not equals:
            raise typer.BadParameter(
                said(
                    f"--with {part!r}：请写 JSON 对象或 字段=值",
                    f"--with {part!r}: write a JSON object or key=value",
                )
            )
        schema = known.get(field, {})
        given = _file(value) if schema.get("x-file") else _typed(value, schema)
        listed = isinstance(given, list) and isinstance(data.get(field), list)
        data[field] = [*data[field], *given] if listed else given
    return data


def _file(value: str) -> Any:
    """What a file field takes: JSON, or `@PATH` with the kind that its name's ending tells."""
    if not value.startswith("@"):
        try:
            return json.loads(value)
        except ValueError:
            raise typer.BadParameter(
                said(
                    f"文件写作 字段=@路径，或其引用的JSON，不能写 {value}",
                    f"a file is written as key=@PATH, or as the JSON of its reference, not {value}",
                )
            ) from None
    place = Path(value[1:])
    kind = mimetypes.guess_type(place.name)[0]
    if kind is None:
        raise typer.BadParameter(
            said(
                f"{place}：无法从文件名看出类型，请以 .pdf、.png 等结尾",
                f"{place}: its name tells no kind; end it with .pdf, .png, ...",
            )
        )
    try:
        body = place.read_bytes()
    except OSError as wrong:
        raise typer.BadParameter(
            said(f"无法读取 {place}：{wrong.strerror}", f"{place} cannot be read: {wrong.strerror}")
        ) from None
    return {"base64": base64.b64encode(body).decode(), "media_type": kind}


def _typed(value: str, schema: dict[str, Any]) -> Any:
    kinds = json.dumps(schema)
    if '"string"' in kinds and not value.startswith(("[", "{")):
        return [value] if '"array"' in kinds else value
    try:
        return json.loads(value)
    except ValueError:
        return value


def play(
    files: Annotated[list[Path], typer.Argument(help="scenario files", metavar="FILE...")],
    database: Annotated[
        str | None, typer.Option("--database", help="PostgreSQL address: joined-up mode")
    ] = None,
    kafka: Annotated[str | None, typer.Option("--kafka", help="Kafka bootstrap servers")] = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Plays scenarios in simulated time and checks what they expect. Exit 1 with the differences."""
    if (database is None) != (kafka is None):
        raise typer.BadParameter(
            said(
                "joined 模式须同时给出 --database 与 --kafka",
                "joined-up mode needs both --database and --kafka",
            )
        )
    scenarios = [load(file) for file in files]
    if database is not None and len(scenarios) > 1:
        raise typer.BadParameter(
            said(
                "每个剧本需要空库：用 --database 时一次只演练一个文件，各用自己的数据库与 Kafka",
                "each scenario needs empty stores: with --database play one file at a time,"
                " each into a database and a broker of its own",
            )
        )
    results = []
    for scenario in scenarios:
        if data is None:
            with tempfile.TemporaryDirectory(prefix="liandong-") as place:
                results.append(play_into(scenario, Path(place), database, kafka, quiet=json_))
        else:
            own = data / scenario.name if len(scenarios) > 1 else data
            results.append(play_into(scenario, own, database, kafka, quiet=json_))
    if json_:
        as_json([summary(played) for played in results])
    if not all(played.passed for played in results):
        raise typer.Exit(FAILED)


def play_into(
    scenario: Scenario,
    data: Path,
    database: str | None = None,
    kafka: str | None = None,
    *,
    quiet: bool = False,
) -> Played:
    """Plays one scenario into an empty place and prints each step, then what differs."""
    chosen = settings(
        data,
        mode=Mode.JOINED if database else Mode.EMBEDDED,
        database=database,
        kafka=kafka,
        departments="all",
        store=StoreMode.SIMULATED,
    )
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=err(),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with (
        house(
            chosen,
            create=True,
            start=scenario.start,
            incarnation=lambda department: incarnation_of(scenario.name, department),
            draw=lambda department: draw_for(scenario.name, department, scenario.salt),
        ) as one,
        progress,
    ):
        refuse_live(one)
        one.platform.alone()
        task = progress.add_task(scenario.name, total=len(scenario.given) + len(scenario.steps))

        def step_done(result: StepResult) -> None:
            progress.advance(task)
            if not quiet:
                tell_step(result)

        if not quiet:
            out().print(f"{scenario.name}  {scenario.title}", markup=False)
        played = Player(one.platform, scenario, step_done).play()
    if not quiet:
        tell_end(played)
    return played


def refuse_live(one: House) -> None:
    """Raises StoreInUse where another process works on these stores, empty or not."""
    busy = one.others_at_work()
    if busy:
        raise StoreInUse(
            said(
                f"另一进程正在 {'、'.join(busy)} 上工作：请先停止它，或在其他目录中演练",
                f"another process is at work on {', '.join(busy)}: stop it, or play into another"
                " place",
            )
        )


def tell_step(result: StepResult) -> None:
    """One line for a step: when, who, what, and what came of it."""
    step = result.step
    line = f"  {shown(step.at)}  {step.organ:<10} {step.command:<24}"
    if result.refused is not None:
        line += f" {said('拒绝', 'refused')}: {result.refused}"
    else:
        line += " " + " ".join(name.removesuffix(".v1") for name in result.events)
    out().print(line.rstrip(), markup=False)
    if result.fault is not None:
        out().print(f"    ✗ {step_place(result)}: {result.fault}", markup=False)


def step_place(result: StepResult) -> str:
    """Where a step stands in its file."""
    return f"step {result.step.number} (line {result.step.line})"


def tell_end(played: Played) -> None:
    """What differs, and the count and digest of the facts."""
    for difference in played.differences:
        place = f"expectation {difference.expectation.number} (line {difference.expectation.line})"
        out().print(f"  ✗ {place}: {difference.what}", markup=False)
        out().print(f"      {said('应为', 'expected')}: {difference.expected}", markup=False)
        out().print(f"      {said('实为', 'found')}:    {difference.found}", markup=False)
    for line in licensed_then_and_now(played):
        out().print(f"  {line}", markup=False)
    faults = sum(1 for result in played.steps if result.fault) + len(played.differences)
    end = instant(played.scenario.end).date().isoformat()
    told = said(
        f"  {played.events} 个事实，{len(played.steps)} 步，{played.checked} 项期望，"
        f"{faults} 项不符；至 {end}；摘要 {played.digest[:16]}",
        f"  {played.events} facts, {len(played.steps)} steps, {played.checked} expectations, "
        f"{faults} differences; until {end}; digest {played.digest[:16]}",
    )
    out().print(told, markup=False)


def licensed_then_and_now(played: Played) -> list[str]:
    """The two right answers about a licence annulled later, as the scenario asked for them."""
    wrong = {difference.expectation.number for difference in played.differences}
    asked: dict[tuple[str, str], list[str]] = {}
    for one in played.scenario.expectations:
        if one.kind != "query":
            continue
        known = one.raw.get("as_known")
        yes = bool(one.raw["is"]) != (one.number in wrong)
        answer = said("是", "yes") if yes else said("否", "no")
        when = (
            said(f"截至 {known} 所知", f"as known on {known}")
            if known
            else said("现今所知", "as known now")
        )
        asked.setdefault((one.raw["of"], one.raw["on"]), []).append(f"{when}: {answer}")
    return [
        said(f"{of} {on} 是否持证 ", f"{of} licensed on {on} ") + "; ".join(answers)
        for (of, on), answers in asked.items()
    ]


def summary(played: Played) -> dict[str, Any]:
    """A played scenario as JSON values."""
    return {
        "scenario": played.scenario.name,
        "passed": played.passed,
        "events": played.events,
        "digest": played.digest,
        "checked": played.checked,
        "steps": [
            {
                "number": result.step.number,
                "line": result.step.line,
                "command": result.step.command,
                "events": list(result.events),
                "refused": result.refused,
                "fault": result.fault,
            }
            for result in played.steps
        ],
        "differences": [
            {
                "expectation": one.expectation.number,
                "line": one.expectation.line,
                "what": one.what,
                "expected": one.expected,
                "found": one.found,
            }
            for one in played.differences
        ],
    }
