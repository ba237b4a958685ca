/** The kernel's interface to mode setting as bytes: request numbers and structure layouts (linux uapi: drm.h, drm_mode.h). */

/** _IOWR('d', nr, structure of `bytes` bytes); the layouts are the same on 32 and 64 bits. */
const readWrite = (nr: number, bytes: number): number => (0xc000_0000 | (bytes << 16) | (0x64 << 8) | nr) >>> 0;

export const RESOURCES = {
  bytes: 64,
  crtcs: 8,
  connectors: 16,
  encoders: 24,
  crtcCount: 36,
  connectorCount: 40,
  encoderCount: 44,
} as const;

export const CONNECTOR = {
  bytes: 80,
  encoders: 0,
  modes: 8,
  properties: 16,
  propertyValues: 24,
  modeCount: 32,
  propertyCount: 36,
  encoderCount: 40,
  encoder: 44,
  id: 48,
  type: 52,
  typeIndex: 56,
  connection: 60,
} as const;

export const MODE = {
  bytes: 68,
  clockKhz: 0,
  width: 4,
  totalWidth: 10,
  height: 14,
  totalHeight: 20,
  scan: 22,
  roundedHz: 24,
  flags: 28,
  type: 32,
  name: 36,
  nameBytes: 32,
} as const;

export const ENCODER = { bytes: 20, id: 0, crtc: 8, possibleCrtcs: 12 } as const;

export const CRTC = {
  bytes: 104,
  connectors: 0,
  connectorCount: 8,
  id: 12,
  framebuffer: 16,
  x: 20,
  y: 24,
  valid: 32,
  mode: 36,
} as const;

export const CREATE_DUMB = {
  bytes: 32,
  height: 0,
  width: 4,
  bitsPerPixel: 8,
  handle: 16,
  pitch: 20,
  size: 24,
} as const;

export const MAP_DUMB = { bytes: 16, handle: 0, offset: 8 } as const;

export const FRAMEBUFFER = { bytes: 104, id: 0, width: 4, height: 8, format: 12, handles: 20, pitches: 36 } as const;

export const PAGE_FLIP = { bytes: 24, crtc: 0, framebuffer: 4, flags: 8 } as const;

export const CAPABILITY = { bytes: 16, which: 0, value: 8 } as const;

export const PROPERTY = { bytes: 64, id: 16, name: 24, nameBytes: 32 } as const;

export const SET_PROPERTY = { bytes: 16, value: 0, property: 8, connector: 12 } as const;

export const BLOB = { bytes: 16, id: 0, length: 4, data: 8 } as const;

/** drm_event: type (4), length (4); what follows is that of a flip. */
export const EVENT = { type: 0, length: 4, seconds: 16, microseconds: 20, sequence: 24 } as const;

export const REQUEST = {
  capability: readWrite(0x0c, CAPABILITY.bytes),
  setMaster: 0x641e,
  dropMaster: 0x641f,
  resources: readWrite(0xa0, RESOURCES.bytes),
  getCrtc: readWrite(0xa1, CRTC.bytes),
  setCrtc: readWrite(0xa2, CRTC.bytes),
  encoder: readWrite(0xa6, ENCODER.bytes),
  connector: readWrite(0xa7, CONNECTOR.bytes),
  property: readWrite(0xaa, PROPERTY.bytes),
  setProperty: readWrite(0xab, SET_PROPERTY.bytes),
  blob: readWrite(0xac, BLOB.bytes),
  removeFramebuffer: readWrite(0xaf, 4),
  pageFlip: readWrite(0xb0, PAGE_FLIP.bytes),
  createDumb: readWrite(0xb2, CREATE_DUMB.bytes),
  mapDumb: readWrite(0xb3, MAP_DUMB.bytes),
  destroyDumb: readWrite(0xb4, 4),
  addFramebuffer: readWrite(0xb8, FRAMEBUFFER.bytes),
} as const;

export const CAPABILITY_DUMB_BUFFER = 1;
export const CONNECTED = 1;
export const MODE_TYPE_PREFERRED = 1 << 3;
export const MODE_FLAG_INTERLACE = 1 << 4;
export const MODE_FLAG_DOUBLE_SCAN = 1 << 5;
export const PAGE_FLIP_EVENT = 1;
export const EVENT_FLIP_COMPLETE = 2;
export const DPMS_ON = 0;
export const DPMS_OFF = 3;

/** drm_fourcc.h */
export const FOURCC = { xrgb8888: 0x34325258, rgb565: 0x36314752 } as const;

/** DRM_MODE_CONNECTOR_*, as the kernel writes them in names. */
export const CONNECTOR_TYPES = [
  'Unknown',
  'VGA',
  'DVI-I',
  'DVI-D',
  'DVI-A',
  'Composite',
  'SVIDEO',
  'LVDS',
  'Component',
  'DIN',
  'DP',
  'HDMI-A',
  'HDMI-B',
  'TV',
  'eDP',
  'Virtual',
  'DSI',
  'DPI',
  'Writeback',
  'SPI',
  'USB',
] as const;
