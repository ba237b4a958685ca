/** Placement: where a picture stands on the stage and which part of it is seen. Pure. */
import { valueAt } from './envelope';
import type { Layer, Motion, SourceRef } from './layer';

/** A rectangle, in whatever unit its name says. */
export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A layer at one instant. All rectangles are upright: stage px for the first two, picture px for `source`. */
export interface Placed {
  /** What of the stage the layer covers, uncut by the stage's edges. Whole px. */
  readonly clip: Rect;
  /** Where the picture stands; the rest of the clip is background. Whole px. */
  readonly picture: Rect;
  /** Which part of the picture is shown there; fractions of a px while it moves. */
  readonly source: Rect;
  /** 0 to 1. */
  opacity: number;
}

export function emptyPlaced(): Placed {
  const rect = (): Rect => ({ left: 0, top: 0, right: 0, bottom: 0 });
  return { clip: rect(), picture: rect(), source: rect(), opacity: 0 };
}

function setRect(rect: Rect, left: number, top: number, right: number, bottom: number): void {
  rect.left = left;
  rect.top = top;
  rect.right = right;
  rect.bottom = bottom;
}

/** Part of the way between both views that a swinging motion takes to slow down to a turn: a seventh of its time is spent turning. */
const TURN = 0.04;

/**
 * From 0 to 1: 0 before the motion, even until its end, so that a slow move neither creeps nor stops while it fades out. After its end it
 * rests at 1, or it swings: it slows down, turns and comes back at the same speed, without end and without a jump in its speed.
 */
export function motionProgress(motion: Motion, atMs: number): number {
  if (atMs <= motion.fromMs) return 0;
  const share = (atMs - motion.fromMs) / (motion.untilMs - motion.fromMs);
  if (motion.swings === true) return swing(share * (1 - TURN));
  return Math.min(1, share);
}

/** Where a swing is after it has gone `way` in all, of which the ends count double: there it goes at half its speed on average. */
function swing(way: number): number {
  if (way <= 1 - TURN) return way;
  const half = 1 + 2 * TURN;
  const since = (way - (1 - TURN)) % (2 * half);
  const back = since < half;
  const into = back ? since : since - half;
  // A parabola through both ends of the turn has their slopes.
  const left = into < 4 * TURN ? 1 - TURN * (1 - into / (2 * TURN)) ** 2 : 1 - TURN - (into - 4 * TURN);
  return back ? left : 1 - left;
}

/** Places a layer on a stage of the given size at an instant of stage time; writes into `out`. Allocates nothing. */
export function placeLayer(layer: Layer, stageWidthPx: number, stageHeightPx: number, atMs: number, out: Placed): void {
  const { placement, picture } = layer;
  out.opacity = Math.min(1, Math.max(0, valueAt(layer.opacity, atMs)));
  const dx = Math.round(valueAt(layer.offsetX, atMs) * stageWidthPx);
  const dy = Math.round(valueAt(layer.offsetY, atMs) * stageHeightPx);
  if (placement.kind === 'overlay') {
    const left = placement.leftPx + dx;
    const top = placement.topPx + dy;
    setRect(out.picture, left, top, left + picture.widthPx, top + picture.heightPx);
    setRect(out.source, 0, 0, picture.widthPx, picture.heightPx);
    setRect(out.clip, left, top, left + picture.widthPx, top + picture.heightPx);
  } else {
    if (placement.fit === 'cover') placeCover(picture, stageWidthPx, stageHeightPx, out);
    else placeContain(picture, stageWidthPx, stageHeightPx, out);
    if (placement.motion !== undefined) zoomSource(placement.motion, atMs, out.source);
    move(out.picture, dx, dy);
    setRect(out.clip, dx, dy, dx + stageWidthPx, dy + stageHeightPx);
  }
  uncover(layer, atMs, out.clip);
}

function move(rect: Rect, dx: number, dy: number): void {
  setRect(rect, rect.left + dx, rect.top + dy, rect.right + dx, rect.bottom + dy);
}

function placeCover(picture: SourceRef, width: number, height: number, out: Placed): void {
  setRect(out.picture, 0, 0, width, height);
  const scale = Math.max(width / picture.widthPx, height / picture.heightPx);
  const left = (picture.widthPx - width / scale) / 2;
  const top = (picture.heightPx - height / scale) / 2;
  setRect(out.source, left, top, picture.widthPx - left, picture.heightPx - top);
}

function placeContain(picture: SourceRef, width: number, height: number, out: Placed): void {
  const scale = Math.min(width / picture.widthPx, height / picture.heightPx);
  const shownWidth = Math.max(1, Math.round(picture.widthPx * scale));
  const shownHeight = Math.max(1, Math.round(picture.heightPx * scale));
  const left = Math.round((width - shownWidth) / 2);
  const top = Math.round((height - shownHeight) / 2);
  setRect(out.picture, left, top, left + shownWidth, top + shownHeight);
  setRect(out.source, 0, 0, picture.widthPx, picture.heightPx);
}

function zoomSource(motion: Motion, atMs: number, source: Rect): void {
  const x = motionProgress(motion, atMs);
  // Zoom in equal ratios, so that the move looks even from start to end.
  const zoom = motion.from.zoom * (motion.to.zoom / motion.from.zoom) ** x;
  const centreX = motion.from.centreX + (motion.to.centreX - motion.from.centreX) * x;
  const centreY = motion.from.centreY + (motion.to.centreY - motion.from.centreY) * x;
  const wholeWidth = source.right - source.left;
  const wholeHeight = source.bottom - source.top;
  const width = wholeWidth / zoom;
  const height = wholeHeight / zoom;
  const left = source.left + Math.min(wholeWidth - width, Math.max(0, centreX * wholeWidth - width / 2));
  const top = source.top + Math.min(wholeHeight - height, Math.max(0, centreY * wholeHeight - height / 2));
  setRect(source, left, top, left + width, top + height);
}

function uncover(layer: Layer, atMs: number, clip: Rect): void {
  const share = valueAt(layer.reveal, atMs);
  if (share >= 1) return;
  const width = Math.round((clip.right - clip.left) * Math.max(0, share));
  const height = Math.round((clip.bottom - clip.top) * Math.max(0, share));
  if (layer.revealEdge === 'left') clip.right = clip.left + width;
  else if (layer.revealEdge === 'right') clip.left = clip.right - width;
  else if (layer.revealEdge === 'top') clip.bottom = clip.top + height;
  else clip.top = clip.bottom - height;
}

/** Turns a rectangle clockwise together with its container of the given upright size. In place. */
export function turnRect(rect: Rect, containerWidth: number, containerHeight: number, turn: number): void {
  const { left, top, right, bottom } = rect;
  if (turn === 90) setRect(rect, containerHeight - bottom, left, containerHeight - top, right);
  else if (turn === 180)
    setRect(rect, containerWidth - right, containerHeight - bottom, containerWidth - left, containerHeight - top);
  else if (turn === 270) setRect(rect, top, containerWidth - right, bottom, containerWidth - left);
}
