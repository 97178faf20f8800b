'use strict';

/** The parameters of a request target, decoded; a parameter without '=' is true. The last of a name wins. */
function readParams(target) {
  const params = Object.create(null); // names come from outside: no inherited ones
  const query = target.split('?', 2)[1] ?? '';
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
    params[name] = at < 0 ? true : decodeURIComponent(pair.slice(at + 1));
  }
  return params;
}

module.exports = { readParams };
