/** The players: each started the way that suits it best, on one X server, for one clip. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CodedClip } from './coded-clip';

const PROGRAM = resolve(__dirname, '../../../runtime/main.js');

export interface PlayerSpec {
  readonly name: string;
  readonly program: string;
  /** Loops the clip at its own rate, or plays it once as fast as it can. */
  readonly args: (clip: CodedClip, folder: string, untimed: boolean) => readonly string[];
  /** Plays a clip once as fast as it can, or again and again. */
  readonly canRace: boolean;
  readonly canLoop: boolean;
  /** Plays several clips after each other, and is the best of its kind in a loop. */
  readonly canList?: boolean;
  readonly version: () => string;
}

const firstLine = (program: string, ...args: string[]): string =>
  (spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '').split('\n')[0]!.trim();

function vitrineShow(folder: string, { files, frames, rateHz }: CodedClip, once: boolean): string {
  const show = join(folder, 'show.yaml');
  writeFileSync(
    show,
    `version: 1
name: Bench
themes: {all: {videos: [${files.join(', ')}]}}
scenes: {only: {media: videos, themes: [all], order: sequence, transition: {type: cut}}}
cuelist: {loop: ${once ? 'once' : 'forever'}, cues: [{name: one, duration: ${once ? `${Math.round((frames / rateHz) * 1000)}ms` : '24h'}, scenes: [{scene: only}]}]}
`,
  );
  return show;
}

const vitrine = (renderer: 'cpu' | 'gl'): PlayerSpec => ({
  name: `Vitrine, x11+${renderer}`,
  program: process.execPath,
  args: (clip, folder, untimed) => [
    ...[PROGRAM, 'run', '--show', vitrineShow(folder, clip, untimed), '--display', 'x11', '--renderer', renderer],
    ...['--set', `control.socket=${join(folder, 'control.sock')}`, '--set', 'telemetry.http=off'],
    ...(untimed ? ['--untimed'] : []),
  ],
  canRace: true,
  canLoop: true,
  canList: renderer === 'cpu',
  version: () => `${firstLine(process.execPath, PROGRAM, '--version')}, Node ${process.version}`,
});

const mpv = (vo: string): PlayerSpec => ({
  name: `mpv --vo=${vo}`,
  program: 'mpv',
  args: ({ files }, _folder, untimed) => [
    ...['--no-config', '--no-audio', '--really-quiet', `--vo=${vo}`, '--no-osc', '--osd-level=0', '--no-border'],
    // OpenGL on the CPU is all there is here.
    ...(vo === 'gpu' ? ['--gpu-sw=yes'] : []),
    ...['--geometry=1920x1080+0+0', '--no-input-default-bindings', '--no-input-terminal'],
    ...(untimed
      ? ['--untimed', '--video-sync=display-desync']
      : [files.length > 1 ? '--loop-playlist=inf' : '--loop-file=inf']),
    ...(files.length > 1 ? ['--prefetch-playlist=yes'] : []),
    ...files,
  ],
  canRace: true,
  canLoop: true,
  canList: vo === 'x11',
  version: () => firstLine('mpv', '--version'),
});

/** A page with a video element, as web signage shows clips. */
function videoPage(folder: string, { files }: CodedClip): string {
  const page = join(folder, 'page.html');
  const style = 'position:fixed;inset:0;width:1920px;height:1080px';
  writeFileSync(
    page,
    `<body style="margin:0;background:#000"><video src="file://${files[0]!}" style="${style}" loop autoplay muted></video>`,
  );
  return `file://${page}`;
}

export const PLAYERS: readonly PlayerSpec[] = [
  vitrine('cpu'),
  mpv('x11'),
  mpv('sdl'),
  mpv('gpu'),
  vitrine('gl'),
  {
    name: 'ffplay',
    program: 'ffplay',
    args: ({ files }) => [
      ...[
        '-loglevel',
        'quiet',
        '-loop',
        '0',
        '-an',
        '-noborder',
        '-left',
        '0',
        '-top',
        '0',
        '-x',
        '1920',
        '-y',
        '1080',
      ],
      files[0]!,
    ],
    canRace: false,
    canLoop: true,
    version: () => firstLine('ffplay', '-version'),
  },
  {
    name: 'Chromium, video element',
    program: 'chromium',
    args: (clip, folder) => [
      ...['--no-sandbox', '--kiosk', '--no-first-run', '--window-position=0,0', '--window-size=1920,1080'],
      ...['--autoplay-policy=no-user-gesture-required', `--user-data-dir=${join(folder, 'profile')}`],
      videoPage(folder, clip),
    ],
    canRace: false,
    canLoop: true,
    version: () => firstLine('chromium', '--version'),
  },
  {
    name: 'GStreamer playbin, ximagesink',
    program: 'gst-launch-1.0',
    args: ({ files }) => [
      '-q',
      'playbin',
      `uri=file://${files[0]!}`,
      'video-sink=ximagesink sync=false',
      'audio-sink=fakesink',
    ],
    canRace: true,
    canLoop: false,
    version: () => firstLine('gst-launch-1.0', '--version'),
  },
];

export function isInstalled({ program }: PlayerSpec): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
