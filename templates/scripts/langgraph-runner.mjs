// SPDX-License-Identifier: GPL-3.0-or-later
// Runs one LangGraph program as a step of a playbook. Coppice starts it inside the sandbox, in the plugin's folder.
//
// One JSON object in a line on stdin, which is then closed:
//   {"type":"start","graph":FILE,"state":{...},"checkpoint":FILE,"outputs":[NAME...],"roots":[FOLDER...],"answer":TEXT?,
//    "answerTo":ID?}
// JSON lines on stdout:
//   {"type":"update","node":NAME,"text":TEXT}      a node has ended; what it changed
//   {"type":"log","text":TEXT}
//   {"type":"interrupt","id":ID,"question":TEXT,"options":[TEXT...]}   the graph waits for a person; this process ends
//   {"type":"output","values":{NAME:VALUE}}        of the finished graph's state
//   {"type":"done"} or {"type":"error","message":TEXT}          the last line
//
// The graph's default export is a StateGraph, a compiled graph, or a function that makes one. Its state is written to the
// checkpoint file after every super-step. Where that file is there, the graph goes on from it: a node that was interrupted
// runs again from its top, so what must not happen twice belongs behind the interrupt() of its node, or into another node.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, existsSync, writeSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const textCap = 32 * 1024;
const writeOut = process.stdout.write.bind(process.stdout);
// What a program prints is no line of ours.
process.stdout.write = process.stderr.write.bind(process.stderr);
for (const name of ['log', 'info', 'debug'])
    console[name] = console.error;

const tell = (message) => new Promise((told) => writeOut(JSON.stringify(message) + '\n', told));

function asText(value) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text === undefined ? '' : text.length > textCap ? text.slice(0, textCap) + ' … [cut]' : text;
}

/** Packages are looked for where a file lies, as always, and then in each of the roots. */
function lookInto(roots) {
    const parents = roots.map((root) => pathToFileURL(path.join(root, 'x.mjs')).href);
    const isBare = (name) => !/^(\.{0,2}\/|[a-z]+:)/.test(name);
    if (module.registerHooks) {
        module.registerHooks({
            resolve(name, context, next) {
                try {
                    return next(name, context);
                } catch (error) {
                    if (!isBare(name)) throw error;
                    for (const parentURL of parents) {
                        try {
                            return next(name, { ...context, parentURL });
                        } catch { /* the next one */ }
                    }
                    throw error;
                }
            },
        });
        return;
    }
    const hooks = `let parents = [];
        const isBare = ${isBare};
        export async function initialize(data) { parents = data; }
        export async function resolve(name, context, next) {
            try { return await next(name, context); } catch (error) {
                if (!isBare(name)) throw error;
                for (const parentURL of parents) { try { return await next(name, { ...context, parentURL }); } catch {} }
                throw error;
            }
        }`;
    module.register('data:text/javascript,' + encodeURIComponent(hooks), { data: parents });
}

async function loadLangGraph(roots) {
    try {
        return await import('@langchain/langgraph');
    } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        throw new Error(`The package @langchain/langgraph, or one that it needs, is not installed (${error.message.split('\n')[0]}). `
            + `Looked for node_modules in and above: ${roots.join(', ')}. Add it to the plugin's package.json and lock file, so that `
            + 'its set-up installs it, or keep node_modules in the playbook\'s folder.');
    }
}

const bytesToJson = (key, value) => value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value;
const jsonToBytes = (key, value) => value && typeof value.$bytes === 'string' ? new Uint8Array(Buffer.from(value.$bytes, 'base64')) : value;

/** Keeps checkpoints in memory as the library does, and all of them in one file, which is whole at every moment. */
function fileSaver({ MemorySaver }, file) {
    class FileSaver extends MemorySaver {
        constructor() {
            super();
            if (existsSync(file)) {
                const kept = JSON.parse(readFileSync(file, 'utf8'), jsonToBytes);
                Object.assign(this.storage, kept.storage);
                Object.assign(this.writes, kept.writes);
            }
        }
        save() {
            const bytes = Buffer.from(JSON.stringify({ version: 1, storage: this.storage, writes: this.writes }, bytesToJson));
            const part = openSync(file + '.part', 'w', 0o600);
            try {
                for (let at = 0; at < bytes.length;) at += writeSync(part, bytes, at);
                fsyncSync(part);
            } finally {
                closeSync(part);
            }
            renameSync(file + '.part', file);
        }
        async put(...given) {
            const answer = await super.put(...given);
            this.save();
            return answer;
        }
        async putWrites(...given) {
            await super.putWrites(...given);
            this.save();
        }
    }
    return new FileSaver();
}

async function loadGraph(file, checkpointer) {
    let graph = (await import(pathToFileURL(file).href)).default;
    if (typeof graph === 'function') graph = await graph();
    if (graph && typeof graph.compile === 'function') return graph.compile({ checkpointer });
    if (graph && typeof graph.stream === 'function' && typeof graph.getState === 'function') {
        graph.checkpointer = checkpointer;
        return graph;
    }
    throw new Error(`The default export of ${path.basename(file)} is neither a StateGraph nor a function that makes one.`);
}

/** The first thing that the graph waits for, if it does. */
const pendingOf = (state) => (state.tasks ?? []).flatMap((task) => task.interrupts ?? [])[0];

async function tellInterrupt({ id, value }) {
    const asked = value && typeof value === 'object' ? value : {};
    const options = Array.isArray(asked.options) ? asked.options.map(String) : ['yes', 'no'];
    await tell({ type: 'interrupt', id: id ?? '', question: asText(asked.question ?? value), options });
}

async function work(start) {
    lookInto(start.roots);
    const library = await loadLangGraph(start.roots);
    const graph = await loadGraph(start.graph, fileSaver(library, start.checkpoint));
    const config = { configurable: { thread_id: 'coppice' }, streamMode: 'updates', durability: 'sync' };

    let state = await graph.getState(config);
    const begun = state.config?.configurable?.checkpoint_id !== undefined;
    let pending = pendingOf(state);
    const answered = start.answer !== undefined && (!start.answerTo || start.answerTo === pending?.id);
    if (pending && !answered) {
        await tellInterrupt(pending); // asked before, and not answered yet
        return;
    }
    let input = begun ? null : start.state;
    if (pending) input = new library.Command({ resume: pending.id ? { [pending.id]: start.answer } : start.answer });
    if (!begun || pending || state.next.length > 0) {
        for await (const update of await graph.stream(input, config)) {
            for (const [node, change] of Object.entries(update)) {
                if (node !== '__interrupt__') await tell({ type: 'update', node, text: asText(change) });
            }
        }
        state = await graph.getState(config);
        pending = pendingOf(state);
        if (pending) {
            await tellInterrupt(pending);
            return;
        }
    }
    const values = {};
    for (const name of start.outputs) {
        const value = state.values?.[name];
        if (value !== undefined && value !== null) values[name] = typeof value === 'object' ? asText(value) : value;
    }
    await tell({ type: 'output', values });
    await tell({ type: 'done' });
}

let status = 0;
try {
    await work(JSON.parse(readFileSync(0, 'utf8')));
} catch (error) {
    console.error(error);
    await tell({ type: 'error', message: asText(error?.message || String(error)) });
    status = 1;
}
process.exit(status);
