import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { cities } from './climate.js';
import { forecast } from './forecast.js';

const { version: release } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
const station = process.env.WEATHER_STATION ?? 'Bern';

// Logs go to stderr, one JSON object a line: stdout belongs to the protocol.
function log(level, msg, more = {}) {
  process.stderr.write(`${JSON.stringify({ level, time: Date.now(), name: 'weather', release, msg, ...more })}\n`);
}

const tools = [
  {
    name: 'forecast',
    description: 'Mean temperature of the next days in a city.',
    inputSchema: {
      type: 'object',
      properties: { place: { description: 'An object {city, days, unit} or a query string.' } },
      required: ['place'],
    },
    annotations: { readOnlyHint: true },
  },
  {
    name: 'cities',
    description: 'Cities with climate data.',
    inputSchema: { type: 'object' },
    annotations: { readOnlyHint: true },
  },
];

function call(name, args) {
  if (name === 'cities') return cities();
  if (name === 'forecast') return forecast(args.place, { station });
  throw new RangeError(`no tool named ${name}`);
}

function answer(message) {
  switch (message.method) {
    case 'initialize':
      return {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'weather', version: release },
      };
    case 'tools/list':
      return { tools };
    case 'tools/call':
      return { content: [{ type: 'text', text: JSON.stringify(call(message.params.name, message.params.arguments ?? {})) }] };
    default:
      return undefined;
  }
}

log(30, 'started');
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined) return;
  const reply = { jsonrpc: '2.0', id: message.id };
  try {
    const result = answer(message);
    Object.assign(reply, result === undefined ? { error: { code: -32601, message: 'Method not found' } } : { result });
  } catch (err) {
    const asked = err instanceof RangeError;
    const more = asked ? {} : { err: { type: err.name, message: err.message, stack: err.stack } };
    log(asked ? 40 : 50, asked ? err.message : 'request failed', more);
    reply.error = { code: asked ? -32602 : -32603, message: err.message };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
});
