import { parse } from 'node:querystring';

const units = { c: (t) => t, f: (t) => t * 1.8 + 32 };

/**
 * What a caller asks for. A place comes as an object from tool calls, or as a query string
 * ("city=Bern&days=3") from older clients and bookmarks.
 */
export function readPlace(place, station) {
  const asked = typeof place === 'string' ? parse(place) : place;
  const result = { city: station, days: 1, unit: 'c' };
  if (asked.hasOwnProperty('city')) {
    result.city = asked.city;
  }
  if (asked.hasOwnProperty('days')) {
    result.days = Number(asked.days);
  }
  if (!Number.isInteger(result.days) || result.days < 1 || result.days > 14) {
    throw new RangeError('days must be a whole number from 1 to 14');
  }
  return readUnit(asked, result);
}

function readUnit(asked, result) {
  const given = asked.hasOwnProperty('unit') ? String(asked.unit).toLowerCase() : result.unit;
  if (!Object.keys(units).includes(given)) {
    throw new RangeError('unit must be c or f');
  }
  return { ...result, unit: given };
}

export function inUnit(celsius, unit) {
  return units[unit](celsius);
}
