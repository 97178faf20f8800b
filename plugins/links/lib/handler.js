'use strict';

const { readParams } = require('./params.js');

const known = ['to', 'label'];

/** Answers one request {method, target}: {status, location?, text?}. */
function handle(store, { method, target }) {
  if (method === 'GET' && !target.startsWith('/new')) {
    const link = store.visit(target.slice(1).split('?', 1)[0]);
    return link ? { status: 302, location: link.address } : { status: 404, text: 'no such link' };
  }
  const request = { params: readParams(target) };
  if (!request.params.hasOwnProperty('to')) {
    return { status: 400, text: 'name the address: /new?to=...' };
  }
  const strangers = Object.keys(request.params).filter((name) => !known.includes(name));
  if (strangers.length > 0) {
    return { status: 400, text: `unknown parameter ${strangers[0]}` };
  }
  return { status: 201, text: store.add(request.params.to, request.params.label) };
}

module.exports = { handle };
