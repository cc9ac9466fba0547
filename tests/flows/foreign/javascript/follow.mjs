// Follows one case on the shared log: JavaScript, @platformatic/kafka, ajv.
//
//     node follow.mjs CONTRACTS BROKERS DEPARTMENT MATTER
//
// CONTRACTS is the unpacked archive of the contracts. Prints a JSON line for each problem, then
// one for each fact of the case. Ends with 3 where a record did not keep to its contract, with
// 4 and without the story where records are missing.

import { randomUUID } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import Ajv2020 from 'ajv/dist/2020.js'

const [contracts, brokers, department, matter] = process.argv.slice(2)
const read = (name) => JSON.parse(readFileSync(join(contracts, name), 'utf8'))
const say = (line) => console.log(JSON.stringify(line))

const contract = read('asyncapi.json')
const resolved = ({ $ref }) => $ref.slice(2).split('/').reduce((found, step) => found[step], contract)

// Schemas carry keywords of their own (x-...), and their patterns say what their formats say.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
for (const name of globSync(['*.v*.json', 'events/*.json'], { cwd: contracts })) {
  ajv.addSchema(read(name), name)
}
const validators = new Map()
const validator = (type) => {
  if (!validators.has(type)) validators.set(type, ajv.compile(contract.components.messages[type].payload))
  return validators.get(type)
}

const channels = new Map()
for (const { action, tags, channel } of Object.values(contract.operations)) {
  if (action !== 'receive' || tags[0].name !== department) continue
  channels.set(resolved(channel).address, resolved(channel))
}

// Every record that is on the topics now, each partition in its order.
async function* records() {
  const consumer = new Consumer({
    clientId: 'follow',
    groupId: `${department}-follow-${randomUUID()}`,
    bootstrapBrokers: brokers.split(','),
  })
  const topics = [...channels.keys()]
  const total = async (timestamp) =>
    [...(await consumer.listOffsets({ topics, timestamp })).values()].flat().reduce((sum, one) => sum + one, 0n)
  let left = (await total(ListOffsetTimestamps.LATEST)) - (await total(ListOffsetTimestamps.EARLIEST))
  if (left > 0n) {
    for await (const record of await consumer.consume({ topics, mode: 'earliest', autocommit: false })) {
      yield record
      if (--left === 0n) break
    }
  }
  await consumer.close(true)
}

const seen = new Map()
const stopped = new Set()
const facts = []
let endsWith = 0

for await (const record of records()) {
  const { topic, partition } = record
  const place = `${topic}/${partition}`
  if (stopped.has(place)) continue
  const problem = (problem, told) =>
    say({ problem, topic, partition, offset: Number(record.offset), ...told })
  const event = JSON.parse(record.value)
  if ('partitionsequence' in event) {
    const found = Number(event.partitionsequence)
    const expected = (seen.get(place) ?? 0) + 1
    if (found < expected) {
      problem('repeat', { found })
      continue
    }
    if (found > expected) {
      problem('hole', { expected, found })
      stopped.add(place)
      continue
    }
    seen.set(place, found)
  }
  if (!(event.type in channels.get(topic).messages)) {
    problem('type', { type: event.type })
    endsWith = 3
    continue
  }
  const fits = validator(event.type)
  if (!fits(event)) {
    problem('schema', { fields: [...new Set(fits.errors.map((one) => one.instancePath))].sort() })
    endsWith = 3
    continue
  }
  facts.push(event)
}

if (stopped.size > 0) {
  endsWith = 4
} else {
  const voided = facts.filter((one) => one.type === 'fact.corrected.v1' && one.data.kind === 'VOID')
  const broken = new Set(voided.map((one) => one.data.target_event_id))
  const links = facts.filter((one) => one.type === 'matter.linked.v1' && !broken.has(one.id))
  const joined = new Set([matter])
  for (let before = 0; before < joined.size; ) {
    before = joined.size
    for (const { data } of links) {
      if (joined.has(data.one) || joined.has(data.other)) joined.add(data.one).add(data.other)
    }
  }
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0)
  facts
    .filter((event) => joined.has(event.matter))
    .map((event) => ({
      stamp: event.recorded,
      department: event.source.split('/')[2],
      sequence: Number(event.sequence),
      type: event.type,
      subject: event.subject,
    }))
    .sort(
      (one, other) =>
        compare(one.stamp, other.stamp) ||
        compare(one.department, other.department) ||
        one.sequence - other.sequence,
    )
    .forEach(say)
}
process.exitCode = endsWith
