// Makes the calls that standard input names with Segment's SDK for Node, and says what became of them.
import { readFileSync } from 'node:fs'
import { Analytics } from '@segment/analytics-node'

const { options, calls } = JSON.parse(readFileSync(0, 'utf8'))
const failures = []
const sdk = new Analytics(options)
sdk.on('error', (error) => failures.push(`${error.code}: ${error.reason}`))

let delivered = 0
for (const [method, call] of calls) {
  if (call.timestamp) call.timestamp = new Date(call.timestamp)
  sdk[method](call, (error) => { if (!error) delivered += 1 })
}
await sdk.closeAndFlush({ timeout: 60_000 })
console.log(JSON.stringify({ delivered, failures }))
