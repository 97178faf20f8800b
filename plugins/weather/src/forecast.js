import { meanFor } from './climate.js';
import { inUnit, readPlace } from './place.js';

/** One line a day, from the climate table. */
export function forecast(place, { station = 'Bern', today = new Date() } = {}) {
  const { city, days, unit } = readPlace(place, station);
  const lines = [];
  for (let day = 0; day < days; day += 1) {
    const date = new Date(today.getTime() + day * 86400000);
    const mean = inUnit(meanFor(city, date.getUTCMonth()), unit);
    lines.push({ date: date.toISOString().slice(0, 10), city, mean });
  }
  return lines;
}
