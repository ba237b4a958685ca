/** The status page: fetches the figures while the page is looked at and writes them as they come, a section a card. */

/** Plain browser script. Texts of the device are only ever set as text, never as markup. */
export const PAGE_SCRIPT = `'use strict';
const EVERY_MS = 2000;
const find = (id) => document.getElementById(id);
const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const words = (name) => name.replace(/(?<=[a-z])(Ms|Bytes)$/, '').replace(/[A-Z]/g, (letter) => ' ' + letter.toLowerCase());

function span(ms) {
  if (ms < 1000) return Number(ms.toFixed(1)) + ' ms';
  if (ms < 60000) return (ms / 1000).toFixed(1) + ' s';
  const minutes = Math.floor(ms / 60000);
  const parts = [[Math.floor(minutes / 1440), 'd'], [Math.floor(minutes / 60) % 24, 'h'], [minutes % 60, 'min']];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => count + ' ' + unit).join(' ');
}

function plain(name, fact) {
  if (typeof fact !== 'number') return String(fact);
  if (/Ms$/.test(name)) return span(fact);
  if (/bytes$/i.test(name)) return (fact / 1048576).toFixed(1) + ' MiB';
  return Number.isInteger(fact) ? fact.toLocaleString('en') : fact.toFixed(2);
}

/** The plain facts of a map, those of maps inside it under both names; empty ones are left out. */
function facts(map, before = '') {
  return Object.entries(map).flatMap(([name, fact]) => {
    if (isMap(fact)) return facts(fact, before + words(name) + ' ');
    if (Array.isArray(fact)) return fact.length === 0 || fact.some(isMap) ? [] : [[before + words(name), fact.join(' x ')]];
    return fact === null || fact === '' ? [] : [[before + words(name), plain(name, fact)]];
  });
}

function card(title, rows, bad) {
  const section = document.createElement('section');
  const list = document.createElement('dl');
  section.append(Object.assign(document.createElement('h2'), { textContent: title }), list);
  section.classList.toggle('bad', bad === true);
  for (const [name, text] of rows) {
    list.append(Object.assign(document.createElement('dt'), { textContent: name }));
    list.append(Object.assign(document.createElement('dd'), { textContent: text }));
  }
  return section;
}

/** Where sound goes, how many sounds are ready, and how far each is. */
function soundCard(sound) {
  if (!isMap(sound)) return card('sound', []);
  const { sounds, ready, of, ...rest } = sound;
  const list = Array.isArray(sounds) ? sounds.filter(isMap) : [];
  const place = (each) =>
    typeof each.positionMs !== 'number' ? '' : ', ' + span(each.positionMs) + (each.lengthMs ? ' of ' + span(each.lengthMs) : '');
  const rows = list.map((each) => [
    String(each.file).split('/').pop() + ' (' + each.role + ', ' + each.cue + ')',
    each.state + place(each) + (each.because ? ', ' + each.because : ''),
  ]);
  return card('sound', [...facts(rest), ...(of > 0 ? [['ready', ready + ' of ' + of]] : []), ...rows], ready < of && list.some(({ state }) => state === 'late'));
}

function show(status) {
  // Gauges are for machines; /api/status has them.
  const { report, gauges, sound, ...own } = status;
  const { errors, ...sections } = isMap(report) ? report : {};
  const title = isMap(own.show) && own.show.name ? own.show.name : 'Vitrine';
  find('title').textContent = title;
  document.title = title;
  const loose = Object.fromEntries(Object.entries(sections).filter(([, part]) => !isMap(part)));
  const cards = [card('now', facts(own)), card('screen', facts(loose)), soundCard(sound)];
  for (const [name, part] of Object.entries(sections)) if (isMap(part)) cards.push(card(words(name), facts(part)));
  if (Array.isArray(errors) && errors.length > 0) {
    cards.unshift(card('errors', errors.map((error) => [error.plugin, error.message + ' (' + error.count + ')']), true));
  }
  find('sections').replaceChildren(...cards.filter((section) => section.querySelector('dd')));
}

let away = false;
async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch('/api/status', { signal: AbortSignal.timeout(EVERY_MS * 2) });
    const status = await answer.json();
    show(isMap(status) ? status : {});
    find('state').textContent = isMap(status) && typeof status.state === 'string' ? status.state : 'running';
    if (away) find('preview').src = '/preview.mjpeg?again=' + Date.now();
    away = false;
  } catch {
    away = true;
    find('state').textContent = 'not reachable';
  }
  find('state').classList.toggle('away', away);
}

document.addEventListener('visibilitychange', refresh);
setInterval(refresh, EVERY_MS);
refresh();
`;
