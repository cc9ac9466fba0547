// A second implementation of the check of a draw, made from the written rules alone
// (ops/decisions/a-draw-is-tickets-in-order.md), in another language and without libraries.
//
//   node verify.mjs RECORD [POPULATION]
//
// Prints what it found as JSON. Exit 0: drawn again and the same; 1: not; 2: wrong use.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const TOLD_MOST = 20;
const WORD = /^[^\x00-\x20\x7f|,:]{1,120}$/u;
const HASH = /^[0-9a-f]{64}$/;
const LOCATOR = /^[0-9a-f]{16}$/;
const EXACT = /^[1-9][0-9]{0,8}(\/[1-9][0-9]{0,8})?$/;
const LF = 0x0a;
const BAR = 0x7c;

const sha = (...parts) => {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest();
};
const byBytes = (one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two));
const isWord = (text) => typeof text === "string" && text.isWellFormed() && WORD.test(text);

// JSON with sorted keys: on one line, or each value on its own, indented by one blank.
function written(value, indent = null, depth = 0) {
  if (typeof value === "string" || value === null || typeof value === "boolean")
    return JSON.stringify(value);
  if (typeof value === "number") return String(value);
  const list = Array.isArray(value);
  const [open, close] = list ? "[]" : "{}";
  const colon = indent === null ? ":" : ": ";
  const parts = list
    ? value.map((one) => written(one, indent, depth + 1))
    : Object.keys(value)
        .sort(byBytes)
        .map((name) => JSON.stringify(name) + colon + written(value[name], indent, depth + 1));
  if (parts.length === 0) return open + close;
  if (indent === null) return open + parts.join(",") + close;
  const inner = "\n" + " ".repeat(indent * (depth + 1));
  return open + inner + parts.join("," + inner) + "\n" + " ".repeat(indent * depth) + close;
}

// Numbers that are not whole, or too large to be exact, and broken strings have no one form.
function sound(value) {
  if (typeof value === "number")
    return Number.isInteger(value) && String(value).length <= 15 ? value : `not whole: ${value}`;
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(sound);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sound(one)]));
}

function places(plain) {
  const found = new Map();
  const walk = (value, path, line) => {
    found.set(path, line);
    if (value === null || typeof value !== "object") return line;
    const entries = Array.isArray(value)
      ? value.map((one, at) => [`${path}[${at}]`, one])
      : Object.keys(value)
          .sort(byBytes)
          .map((name) => [path ? `${path}.${name}` : name, value[name]]);
    if (entries.length === 0) return line;
    for (const [name, one] of entries) line = walk(one, name, line + 1);
    return line + 1;
  };
  walk(plain, "", 1);
  return found;
}

// --- exact fractions -----------------------------------------------------------------------

const gcd = (one, two) => (two === 0n ? one : gcd(two, one % two));
const fraction = (top, bottom = 1n) => {
  const shared = gcd(top, bottom);
  return { top: top / shared, bottom: bottom / shared };
};
const times = (one, two) => fraction(one.top * two.top, one.bottom * two.bottom);
const plus = (one, two) => fraction(one.top * two.bottom + two.top * one.bottom, one.bottom * two.bottom);
const over = (one, two) => fraction(one.top * two.bottom, one.bottom * two.top);
const compared = (one, two) => {
  const apart = one.top * two.bottom - two.top * one.bottom;
  return apart < 0n ? -1 : apart > 0n ? 1 : 0;
};
const whole = (number) => fraction(BigInt(number));

function exact(text) {
  if (typeof text !== "string" || !EXACT.test(text)) return null;
  const [top, bottom = "1"] = text.split("/");
  const value = fraction(BigInt(top), BigInt(bottom));
  const shown = value.bottom === 1n ? `${value.top}` : `${value.top}/${value.bottom}`;
  return shown === text ? value : null;
}

// --- the plan ------------------------------------------------------------------------------

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const PLAN = {
  by_class: (one) => typeof one === "boolean",
  class_factors: isObject,
  departments: Array.isArray,
  id: isWord,
  kind: (one) => ["OBJECTS", "INSPECTORS", "REPLACEMENT"].includes(one),
  mode: (one) => ["RATE", "SIZE"].includes(one),
  rate: (one) => one === null || exact(one) !== null,
  region_digits: (one) => [0, 2, 4, 6].includes(one),
  size: (one) => one === null || Number.isInteger(one),
  tag_factors: isObject,
  tags: Array.isArray,
};

function planOf(plain) {
  const names = Object.keys(PLAN);
  if (Object.keys(plain).length !== names.length) return null;
  if (!names.every((name) => Object.hasOwn(plain, name) && PLAN[name](plain[name]))) return null;
  const { departments, tags, class_factors, tag_factors } = plain;
  const isClass = (text) => {
    const parts = text.split(":");
    return text === "" || (parts.length === 2 && parts.every(isWord));
  };
  const good =
    departments.length === 2 &&
    departments.every(isWord) &&
    byBytes(departments[0], departments[1]) < 0 &&
    tags.every(isWord) &&
    new Set(tags).size === tags.length &&
    Object.values(class_factors).every((one) => exact(one) !== null) &&
    Object.values(tag_factors).every((one) => exact(one) !== null) &&
    Object.keys(class_factors).every(isClass) &&
    (plain.by_class || Object.keys(class_factors).length === 0) &&
    Object.keys(tag_factors).every((one) => tags.includes(one)) &&
    (plain.mode === "SIZE"
      ? plain.size !== null && plain.size >= 1 && plain.size <= 1e9 && plain.rate === null
      : plain.size === null && plain.rate !== null && compared(exact(plain.rate), whole(1)) <= 0);
  return good ? plain : null;
}

const tagOf = (plan, tail) => plan.tags.find((one) => tail.tags.includes(one)) ?? "";

function stratumOf(plan, tail) {
  const parts = [];
  if (plan.region_digits)
    parts.push(`region=${tail.region.slice(0, plan.region_digits).padEnd(6, "0")}`);
  if (plan.by_class) parts.push(`class=${tail.gradeClass}`);
  if (plan.tags.length) parts.push(`tag=${tagOf(plan, tail)}`);
  return parts.join("|");
}

function factorOf(plan, tail) {
  const tag = tagOf(plan, tail);
  let factor = Object.hasOwn(plan.tag_factors, tag) ? exact(plan.tag_factors[tag]) : whole(1);
  if (Object.keys(plan.class_factors).length) {
    if (!Object.hasOwn(plan.class_factors, tail.gradeClass)) return null;
    factor = times(factor, exact(plan.class_factors[tail.gradeClass]));
  }
  return factor;
}

function strataOf(plan, tails) {
  const found = new Map();
  for (const [tail, count] of tails) {
    const factor = factorOf(plan, tail);
    if (factor === null) return null;
    const key = stratumOf(plan, tail);
    const before = found.get(key)?.population ?? 0;
    found.set(key, { key, population: before + count, factor });
  }
  const strata = [...found.values()].sort((one, two) => byBytes(one.key, two.key));
  if (plan.mode === "RATE") {
    for (const one of strata) {
      const quota = times(whole(one.population), times(exact(plan.rate), one.factor));
      const up = Number((quota.top + quota.bottom - 1n) / quota.bottom);
      one.size = Math.min(one.population, up);
    }
    return strata;
  }
  let left = Math.min(plan.size, strata.reduce((sum, one) => sum + one.population, 0));
  let open = strata;
  for (;;) {
    const weight = (one) => times(whole(one.population), one.factor);
    const all = open.reduce((sum, one) => plus(sum, weight(one)), whole(0));
    for (const one of open) one.share = over(times(whole(left), weight(one)), all);
    const full = open.filter((one) => compared(one.share, whole(one.population)) >= 0);
    if (full.length === 0) break;
    for (const one of full) {
      one.size = one.population;
      left -= one.size;
    }
    open = open.filter((one) => !full.includes(one));
  }
  for (const one of open) {
    one.size = Number(one.share.top / one.share.bottom);
    one.rest = fraction(one.share.top % one.share.bottom, one.share.bottom);
    left -= one.size;
  }
  const first = [...open].sort((one, two) => compared(two.rest, one.rest) || byBytes(one.key, two.key));
  for (const one of first.slice(0, left)) one.size += 1;
  return strata;
}

// --- the population ------------------------------------------------------------------------

function tailOf(bytes) {
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes) || !text.endsWith("\n")) return null;
  const parts = text.slice(0, -1).split("|");
  if (parts.length !== 3) return null;
  const [region, gradeClass, tagText] = parts;
  const tags = tagText ? tagText.split(",") : [];
  const graded = gradeClass.split(":");
  const sorted = tags.every((one, at) => at === 0 || byBytes(tags[at - 1], one) < 0);
  if (!/^[0-9]{6}$/.test(region) || !tags.every(isWord) || !sorted) return null;
  if (gradeClass !== "" && !(graded.length === 2 && graded.every(isWord))) return null;
  return { region, gradeClass, tags };
}

function* linesOf(bytes) {
  for (let first = 0; first < bytes.length; ) {
    const found = bytes.indexOf(LF, first);
    const end = found < 0 ? bytes.length : found + 1;
    yield bytes.subarray(first, end);
    first = end;
  }
}

const isIdWord = (bytes) => {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) && isWord(text);
};

function survey(bytes, plan, seed, told) {
  const made = { lines: [], count: 0, blocks: [], tails: new Map(), tickets: new Map() };
  const total = createHash("sha256").update("liandong:population:v1\n");
  const length = told.block_lines >= 1 && told.block_lines <= 1e6 ? told.block_lines : 1;
  const kinds = new Map();
  let block = createHash("sha256");
  let filled = 0;
  let before = Buffer.alloc(0);
  const close = () => {
    if (filled) made.blocks.push(block.digest("hex").slice(0, 16));
    block = createHash("sha256");
    filled = 0;
  };
  const tell = (code, line) => {
    if (made.lines.length < TOLD_MOST) made.lines.push({ code, field: "", line, last_line: null });
  };
  for (const line of linesOf(bytes)) {
    made.count += 1;
    total.update(line);
    block.update(line);
    filled += 1;
    if (filled === length) close();
    const bar = line.indexOf(BAR);
    const id = bar < 0 ? line : line.subarray(0, bar);
    const tailBytes = bar < 0 ? Buffer.alloc(0) : line.subarray(bar + 1);
    const name = tailBytes.toString("latin1");
    let kind = kinds.get(name);
    if (!kind) {
      const tail = tailOf(tailBytes);
      if (tail) {
        kind = { tail, key: stratumOf(plan, tail), count: 0 };
        kinds.set(name, kind);
        if (!made.tickets.has(kind.key)) made.tickets.set(kind.key, []);
      }
    }
    if (!kind || !isIdWord(id)) tell("LINE_ILL_FORMED", made.count);
    else if (Buffer.compare(id, before) <= 0) tell("LINES_OUT_OF_ORDER", made.count);
    else {
      kind.count += 1;
      const ticket = sha("liandong:draw-ticket:v1\n", seed, `${kind.key}\n`, id);
      made.tickets.get(kind.key).push({ ticket, id });
    }
    before = id;
  }
  close();
  made.hash = total.digest("hex");
  for (const kind of kinds.values()) if (kind.count) made.tails.set(kind.tail, kind.count);
  return made;
}

// --- the record ----------------------------------------------------------------------------

const lineAt = (bytes, end) => bytes.subarray(0, end).filter((one) => one === LF).length + 1;

function read(bytes) {
  const text = bytes.toString("utf8");
  const again = Buffer.from(text);
  const only = (code, line) => ({ plain: null, found: [{ code, field: "", line, last_line: null }] });
  if (!again.equals(bytes)) {
    let at = 0;
    while (again[at] === bytes[at]) at += 1;
    return only("NOT_UTF8", lineAt(bytes, at));
  }
  let plain;
  try {
    // A byte order mark stays in the text here, and JSON has none.
    plain = sound(JSON.parse(text));
  } catch (error) {
    const at = /position (\d+)/.exec(error.message);
    const before = at ? text.slice(0, Number(at[1])) : text;
    return only("NOT_JSON", before.split("\n").length);
  }
  const form = `${written(plain, 1)}\n`;
  if (form !== text) {
    const [one, two] = [form.split("\n"), text.split("\n")];
    const apart = one.findIndex((line, at) => at < two.length && line !== two[at]);
    return only("NOT_CANONICAL", apart < 0 ? null : apart + 1);
  }
  if (!isObject(plain)) return only("SHAPE_WRONG", 1);
  return { plain, found: [] };
}

const isInteger = Number.isInteger;
const isText = (one) => typeof one === "string";
const FIELDS = {
  algorithm: isText, draw: isText, format: isText, plan: isObject, plan_hash: isText,
  population: isObject, revealed: Array.isArray, seed: isText, size: isInteger,
  strata: Array.isArray,
};
const POPULATION = { block_lines: isInteger, blocks: Array.isArray, count: isInteger, hash: isText };
const REVEALED = { commitment: isText, department: isText, secret: isText };
const STRATUM = { drawn: Array.isArray, key: isText, population: isInteger, size: isInteger };

function typed(value, fields, path) {
  if (!isObject(value)) return [["SHAPE_WRONG", path.replace(/\.$/, "")]];
  const names = [...new Set([...Object.keys(value), ...Object.keys(fields)])];
  const odd = names.filter((one) => Object.hasOwn(value, one) !== Object.hasOwn(fields, one));
  odd.sort(byBytes);
  for (const name of Object.keys(fields))
    if (Object.hasOwn(value, name) && !fields[name](value[name])) odd.push(name);
  return odd.map((name) => ["SHAPE_WRONG", path + name]);
}

function shape(plain) {
  let wrong = typed(plain, FIELDS, "");
  if (wrong.length) return wrong;
  if (plain.format !== "liandong-draw-record-v1") return [["FORMAT_UNKNOWN", "format"]];
  if (plain.algorithm !== "sha256-ticket-v1") return [["FORMAT_UNKNOWN", "algorithm"]];
  wrong = typed(plain.population, POPULATION, "population.");
  plain.revealed.forEach((one, at) => wrong.push(...typed(one, REVEALED, `revealed[${at}].`)));
  if (plain.revealed.length !== 2) wrong.push(["SHAPE_WRONG", "revealed"]);
  plain.strata.forEach((one, at) => wrong.push(...typed(one, STRATUM, `strata[${at}].`)));
  if (wrong.length) return wrong;
  const matches = (form) => (text) => isText(text) && form.test(text);
  const texts = [
    ["plan_hash", plain.plan_hash, matches(HASH)],
    ["seed", plain.seed, matches(HASH)],
    ["draw", plain.draw, isWord],
    ["population.hash", plain.population.hash, matches(HASH)],
  ];
  plain.revealed.forEach((one, at) => {
    texts.push([`revealed[${at}].commitment`, one.commitment, matches(HASH)]);
    texts.push([`revealed[${at}].department`, one.department, isWord]);
    texts.push([`revealed[${at}].secret`, one.secret, matches(HASH)]);
  });
  plain.population.blocks.forEach((one, at) =>
    texts.push([`population.blocks[${at}]`, one, matches(LOCATOR)]),
  );
  plain.strata.forEach((one, at) =>
    one.drawn.forEach((id, place) => texts.push([`strata[${at}].drawn[${place}]`, id, isWord])),
  );
  return texts.filter(([, text, good]) => !good(text)).map(([field]) => ["SHAPE_WRONG", field]);
}

function seedOf(draw, population, plan, revealed) {
  if (revealed[0].department === revealed[1].department) return "";
  const ordered = [...revealed].sort((one, two) => byBytes(one.department, two.department));
  return sha(
    `liandong:draw-seed:v1\n${draw}\n${population}\n${plan}\n`,
    ...ordered.map((one) => Buffer.from(one.secret, "hex")),
  ).toString("hex");
}

function judgeSources(plain, surveyed) {
  const wrong = [];
  const planHash = sha("liandong:draw-plan:v1\n", written(plain.plan)).toString("hex");
  const populations = [plain.population.hash, ...(surveyed ? [surveyed.hash] : [])];
  const madeWith = new Set();
  for (const population of populations)
    for (const plan of [plain.plan_hash, planHash])
      if (seedOf(plain.draw, population, plan, plain.revealed) === plain.seed) madeWith.add(plan);
  if (plain.plan_hash !== planHash)
    wrong.push(madeWith.has(planHash) ? ["PLAN_HASH_WRONG", "plan_hash"] : ["PLAN_CHANGED", "plan"]);
  const strangers = [0, 1].filter(
    (at) => plain.revealed[at].department !== plain.plan.departments[at],
  );
  for (const at of strangers) wrong.push(["DEPARTMENT_NOT_IN_PLAN", `revealed[${at}].department`]);
  const broken = [0, 1].filter((at) => {
    const { commitment, department, secret } = plain.revealed[at];
    const words = `liandong:draw-commitment:v1\n${plain.draw}\n${department}\n`;
    return commitment !== sha(words, Buffer.from(secret, "hex")).toString("hex");
  });
  if (broken.length === 2 && madeWith.size === 0) wrong.push(["DRAW_WRONG", "draw"]);
  else
    for (const at of broken.filter((one) => !strangers.includes(one)))
      wrong.push(
        madeWith.size
          ? ["COMMITMENT_WRONG", `revealed[${at}].commitment`]
          : ["SECRET_WRONG", `revealed[${at}].secret`],
      );
  if (madeWith.size === 0 && wrong.length === 0) wrong.push(["SEED_WRONG", "seed"]);
  return { wrong, seeded: madeWith.size > 0 };
}

function judgePopulation(told, surveyed) {
  const fields = [];
  if (told.count !== surveyed.count) fields.push(["COUNT_WRONG", "population.count"]);
  const shared = Math.min(told.blocks.length, surveyed.blocks.length);
  let apart = 0;
  while (apart < shared && told.blocks[apart] === surveyed.blocks[apart]) apart += 1;
  if (apart === shared && told.blocks.length === surveyed.blocks.length) apart = null;
  const length = Math.max(1, Math.ceil(surveyed.count / 4096));
  if (told.hash === surveyed.hash) {
    if (told.block_lines !== length) fields.push(["BLOCKS_WRONG", "population.block_lines"]);
    else if (apart !== null)
      fields.push([
        "BLOCKS_WRONG",
        apart < told.blocks.length ? `population.blocks[${apart}]` : "population.blocks",
      ]);
    return { changed: [], fields };
  }
  if (apart === null)
    return { changed: [], fields: [...fields, ["POPULATION_HASH_WRONG", "population.hash"]] };
  const last = Math.min((apart + 1) * told.block_lines, Math.max(surveyed.count, told.count));
  const line = apart * told.block_lines + 1;
  return { changed: [{ code: "POPULATION_CHANGED", field: "", line, last_line: last }], fields };
}

function judgeResults(plain, plan, surveyed) {
  const strata = strataOf(plan, surveyed.tails);
  if (strata === null) return [["CLASS_WITHOUT_FACTOR", "plan.class_factors"]];
  const wrong = [];
  plain.strata.slice(0, strata.length).forEach((told, at) => {
    const made = strata[at];
    const path = `strata[${at}]`;
    if (told.key !== made.key) return wrong.push(["STRATUM_WRONG", `${path}.key`]);
    if (told.population !== made.population) wrong.push(["STRATUM_WRONG", `${path}.population`]);
    if (told.size !== made.size) return wrong.push(["STRATUM_WRONG", `${path}.size`]);
    const ids = surveyed.tickets
      .get(made.key)
      .sort((one, two) => Buffer.compare(one.ticket, two.ticket) || Buffer.compare(one.id, two.id))
      .slice(0, made.size)
      .map((one) => one.id.toString("utf8"));
    if (told.drawn.length !== ids.length) wrong.push(["DRAWN_WRONG", `${path}.drawn`]);
    told.drawn.slice(0, ids.length).forEach((id, place) => {
      if (id !== ids[place]) wrong.push(["DRAWN_WRONG", `${path}.drawn[${place}]`]);
    });
  });
  if (plain.strata.length !== strata.length) wrong.push(["STRATUM_WRONG", "strata"]);
  if (plain.size !== strata.reduce((sum, one) => sum + one.size, 0)) wrong.push(["SIZE_WRONG", "size"]);
  return wrong;
}

export function verify(record, population) {
  const { plain, found } = read(record);
  const verdict = (differences, complete) => ({
    draw: isText(plain?.draw) ? plain.draw : "",
    objects: isInteger(plain?.population?.count) ? plain.population.count : 0,
    drawn: isInteger(plain?.size) ? plain.size : 0,
    seed: isText(plain?.seed) ? plain.seed : "",
    complete,
    differences,
  });
  if (plain === null) return verdict(found, false);
  const lines = places(plain);
  const at = ([code, field]) => ({ code, field, line: lines.get(field) ?? null, last_line: null });
  const odd = shape(plain);
  if (odd.length) return verdict(odd.map(at), false);
  const plan = planOf(plain.plan);
  if (plan === null) return verdict([at(["PLAN_ILL_FORMED", "plan"])], false);
  const seed = Buffer.from(plain.seed, "hex");
  const surveyed = population === null ? null : survey(population, plan, seed, plain.population);
  const { wrong, seeded } = judgeSources(plain, surveyed);
  const differences = wrong.map(at);
  let frozen = false;
  if (surveyed) {
    const { changed, fields } = judgePopulation(plain.population, surveyed);
    differences.push(...surveyed.lines, ...changed, ...fields.map(at));
    frozen = changed.length === 0 && surveyed.lines.length === 0;
  }
  const complete = seeded && frozen && !differences.some((one) => one.code === "PLAN_CHANGED");
  if (complete) differences.push(...judgeResults(plain, plan, surveyed).map(at));
  return verdict(differences, complete);
}

// Many pairs may be checked by one process: RECORD POPULATION RECORD POPULATION ...
const given = process.argv.slice(2);
if (given.length === 0) {
  console.error("node verify.mjs RECORD [POPULATION]");
  process.exit(2);
}
let good = true;
for (let at = 0; at < given.length; at += 2) {
  const population = given[at + 1] === undefined ? null : readFileSync(given[at + 1]);
  const found = verify(readFileSync(given[at]), population);
  good = good && found.complete && found.differences.length === 0;
  console.log(JSON.stringify(found));
}
process.exit(good ? 0 : 1);
