// Holds each record that kcat prints (-J) against its contract: @hyperjump/json-schema.
//
//     kcat ... -J | node check.mjs CONTRACTS
//
// Each line comes out with the event in place of its text, and where the event does not keep
// to its contract with the `fields` that do not.

import { readFileSync, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { registerSchema, validate } from '@hyperjump/json-schema/draft-2020-12'

const [contracts] = process.argv.slice(2)
const read = (name) => JSON.parse(readFileSync(`${contracts}/${name}`, 'utf8'))
const base = 'https://contracts.example/'
const dialect = 'https://json-schema.org/draft/2020-12/schema'

// The contract refers to its files by their names, so they are known by these.
const files = readdirSync(contracts).filter((one) => /\.v\d+\.json$/.test(one))
for (const name of [...files, ...readdirSync(`${contracts}/events`).map((one) => `events/${one}`)]) {
  const { $id, ...schema } = read(name)
  registerSchema(schema, base + name)
}
const { messages } = read('asyncapi.json').components
const validators = {}

for await (const line of createInterface({ input: process.stdin })) {
  const { topic, partition, offset, payload } = JSON.parse(line)
  const event = JSON.parse(payload)
  const told = { topic, partition, offset, event }
  if (event.type in messages) {
    if (!(event.type in validators)) {
      registerSchema(messages[event.type].payload, base + event.type, dialect)
      validators[event.type] = await validate(base + event.type)
    }
    const { valid, errors } = validators[event.type](event, 'BASIC')
    if (!valid) {
      // Every schema around a wrong value is told as well; the deepest places are the wrong ones.
      const places = [...new Set(errors.map((one) => one.instanceLocation.slice(1)))].sort()
      told.fields = places.filter((one) => !places.some((other) => other.startsWith(`${one}/`)))
    }
  }
  console.log(JSON.stringify(told))
}
