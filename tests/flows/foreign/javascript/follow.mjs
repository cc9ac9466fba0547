// Follows one case on the shared log: JavaScript, @platformatic/kafka, ajv.
//
//     node follow.mjs CONTRACTS DEPARTMENT MATTER
//
// CONTRACTS is the unpacked archive of the contracts. Who reads is told by KAFKA_BROKERS,
// KAFKA_USER, KAFKA_PASSWORD and KAFKA_CA, the authority's certificate. Prints a JSON line for
// each problem, then one for each fact of the case. Ends with 3 where a record did not keep to its
// contract, with 4 and without the story where records are missing.

import { randomUUID } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import Ajv2020 from 'ajv/dist/2020.js'

const [contracts, department, matter] = process.argv.slice(2)
const { KAFKA_BROKERS, KAFKA_USER, KAFKA_PASSWORD, KAFKA_CA } = process.env
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

// A closed stamp names what stood on the log before it, so it is read before what it names.
const stamps = [...channels].filter(([, one]) => 'control.closed.v1' in one.messages).map(([address]) => address)
const others = [...channels.keys()].filter((address) => !stamps.includes(address))

// Every record that is on the topics now, each partition in its order.
async function* records(topics) {
  const consumer = new Consumer({
    clientId: 'follow',
    groupId: `${KAFKA_USER}.follow-${randomUUID()}`,
    bootstrapBrokers: KAFKA_BROKERS.split(','),
    sasl: { mechanism: 'SCRAM-SHA-512', username: KAFKA_USER, password: KAFKA_PASSWORD },
    tls: { ca: readFileSync(KAFKA_CA) },
  })
  const begins = await consumer.listOffsets({ topics, timestamp: ListOffsetTimestamps.EARLIEST })
  const ends = await consumer.listOffsets({ topics, timestamp: ListOffsetTimestamps.LATEST })
  const left = new Map()
  for (const [topic, offsets] of ends) {
    for (const [partition, end] of offsets.entries()) {
      if (end > begins.get(topic)[partition]) left.set(`${topic}/${partition}`, end)
    }
  }
  if (left.size > 0) {
    for await (const record of await consumer.consume({ topics, mode: 'earliest', autocommit: false })) {
      yield record
      const place = `${record.topic}/${record.partition}`
      if (record.offset + 1n >= left.get(place)) left.delete(place)
      if (left.size === 0) break
    }
  }
  await consumer.close(true)
}

async function* all() {
  yield* records(stamps)
  yield* records(others)
}

const seen = new Map()
const closed = new Map()
const stopped = new Set()
const facts = []
let endsWith = 0

for await (const record of all()) {
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
  if (event.type !== 'control.closed.v1') continue
  for (const [topic, partitions] of Object.entries(event.data.topics)) {
    for (const [partition, last] of Object.entries(partitions)) {
      const place = `${topic}/${partition}`
      closed.set(place, Math.max(closed.get(place) ?? 0, Number(last)))
    }
  }
}

for (const [place, last] of closed) {
  const [topic, partition] = place.split('/')
  const found = seen.get(place) ?? 0
  if (channels.has(topic) && !stopped.has(place) && found < last) {
    say({ problem: 'cut', topic, partition: Number(partition), closed: last, found })
    stopped.add(place)
  }
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
