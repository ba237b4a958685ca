/** The runtime's own options. Plugins bring theirs. */
import {
  bytes,
  choice,
  count,
  flag,
  MIB,
  GIB,
  openingHours,
  plugins,
  ratio,
  size,
  text,
  type OptionTable,
  durationMs,
} from './row';
import type { Section } from './table';

const topRows = {
  profile: text({
    doc: 'Named option values for a kind of machine: auto, a profile of config/profiles, or a file',
    default: 'auto',
    range: 'auto, a profile name or a file',
    paths: 'dotted',
    applies: 'restart',
    why: 'auto: the facts of the machine choose, see `vitrine probe`',
  }),
  show: text({
    doc: 'The show to play',
    default: null,
    range: 'a file',
    paths: 'all',
    applies: 'session',
    why: 'there is no show that suits everybody; `run` without one plays the demo',
  }),
  plugins: plugins({
    doc: 'Plugins to load, by id, path or package: required ones end the start when they fail, optional ones are set aside',
    default: [
      { ref: 'theme-bank', wish: 'required' },
      { ref: 'video', wish: 'required' },
      { ref: 'audio', wish: 'optional' },
      { ref: 'telemetry', wish: 'optional' },
    ],
    paths: 'dotted',
    applies: 'restart',
    why: 'a kiosk without pictures and clips is no kiosk; one without sound or a status page is',
  }),
} satisfies OptionTable;

const displayRows = {
  output: choice({
    doc: 'Who owns the screen; auto tries what fits this machine in order and ends at offscreen',
    words: ['auto', 'wayland', 'x11', 'kms', 'fbdev', 'offscreen', 'null'],
    default: 'auto',
    arg: 'display',
    applies: 'restart',
    why: 'the order of the attempts is in the display chain; null is only ever chosen by name',
  }),
  renderer: choice({
    doc: 'What composes the stage; auto takes the best that the output can use',
    words: ['auto', 'cpu', 'gl'],
    default: 'auto',
    arg: 'renderer',
    applies: 'restart',
    why: 'gl where a GPU draws, else cpu: without one, SIMD mixes two 1080p pictures in 0.6 ms and software GL in 10 ms',
  }),
  size: size({
    doc: 'Size of the picture before rotation; auto takes that of the screen, or 1920x1080 where there is none',
    words: ['auto'],
    default: 'auto',
    arg: 'size',
    applies: 'restart',
    why: 'a picture composed at the size of the screen needs no scaling',
  }),
  rotate: choice({
    doc: 'Degrees the screen is turned clockwise',
    words: [0, 90, 180, 270],
    default: 0,
    applies: 'restart',
    why: 'most screens hang upright',
  }),
  maxFps: count({
    doc: 'Most frames composed in a second',
    default: 60,
    min: 1,
    max: 240,
    unit: 'hz',
    applies: 'live',
    why: 'the refresh rate of nearly all panels; 240 Hz is the fastest panel sold',
  }),
  refresh: choice({
    doc: 'Refresh of a screen on the console: its own, or one that is a multiple of `maxFps` where it has such a mode',
    words: ['own', 'match'],
    default: 'own',
    applies: 'restart',
    why: 'at a refresh that is no multiple, motion judders; some screens go dark for a second when their mode changes',
  }),
  schedule: openingHours({
    doc: 'When the display is on, by local time, such as `mon-fri 08:00-20:00, sat 10:00-18:00`; outside it is switched off',
    words: ['always'],
    default: 'always',
    applies: 'restart',
    why: 'a screen lasts longer and costs nothing while nobody is there; most devices are switched by somebody else',
  }),
  cec: flag({
    doc: 'Whether a television at the HDMI cable is switched too, through `cec-ctl` and /dev/cec*',
    default: true,
    applies: 'restart',
    why: 'many televisions do not sleep when the signal goes, but show that it is missing',
  }),
} satisfies OptionTable;

const memoryRows = {
  budget: bytes({
    doc: 'Memory the whole process tree may take; auto takes `share` of what the machine or its cgroup has',
    words: ['auto'],
    default: 'auto',
    min: 96 * MIB,
    max: 64 * GIB,
    applies: 'restart',
    why: 'known before the start, so that a device runs for months; below 96 MiB not even the process fits',
  }),
  share: ratio({
    doc: 'Share of the usable memory that `budget: auto` takes',
    default: 0.5,
    min: 0.05,
    max: 0.9,
    applies: 'restart',
    why: 'half is left to the system, its page cache and the display server; profiles differ',
  }),
} satisfies OptionTable;

const renderRows = {
  threads: count({
    doc: 'Threads that compose a frame together; auto takes one for each granted core, at most 4',
    words: ['auto'],
    default: 'auto',
    min: 1,
    max: 16,
    applies: 'restart',
    why: 'composing is bound by memory: beyond 4 bands a frame gains nothing on the boards we run on',
  }),
  textureBytes: bytes({
    doc: 'Memory for textures of the gl renderer; pictures longest unused go beyond it, what is on the screen stays',
    words: ['auto'],
    default: 'auto',
    min: 4 * MIB,
    max: 4 * GIB,
    applies: 'restart',
    why: 'auto: four pictures of the largest kind, for the one shown, the one coming in, the one after it and the one just gone',
  }),
  textureIdle: durationMs({
    doc: 'A texture of a picture that has not been on the stage for this long is given back',
    default: 10_000,
    min: 1000,
    max: 3_600_000,
    applies: 'restart',
    why: 'a picture that comes back within a few changes needs no second upload; the cache in memory keeps the others',
  }),
  uploadSlice: durationMs({
    doc: 'Time of a frame that the upload of coming pictures may take',
    default: 4,
    min: 1,
    max: 16,
    applies: 'restart',
    why: 'a quarter of a frame at 60 Hz: a 1080p picture is ready within a few frames and no frame is late for it',
  }),
} satisfies OptionTable;

const controlRows = {
  socket: text({
    doc: 'Unix socket of the control commands; auto: /run/vitrine/control.sock as a service, else below XDG_RUNTIME_DIR',
    default: 'auto',
    range: 'auto or a path',
    applies: 'restart',
    why: 'one place where an operator finds the running instance',
  }),
} satisfies OptionTable;

/** The runtime's sections in the order of OPTIONS.md. */
export const RUNTIME_SECTIONS: readonly Section[] = [
  { section: '', owner: 'runtime', rows: topRows },
  { section: 'display', owner: 'runtime', rows: displayRows },
  { section: 'memory', owner: 'runtime', rows: memoryRows },
  { section: 'render', owner: 'runtime', rows: renderRows },
  { section: 'control', owner: 'runtime', rows: controlRows },
];
