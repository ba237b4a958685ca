/** The options of telemetry: where the status page is served. */
import { listenAddress, type Values } from '../../runtime/options/row';

export const telemetryOptions = {
  http: listenAddress({
    doc: 'Address of the status page with the live picture; off serves none. Port 0 takes a free one, which the log names.',
    words: ['off'],
    default: '127.0.0.1:8640',
    range: 'a loopback address with a port, or off',
    applies: 'restart',
    why: 'loopback: seen from the device itself and through an SSH tunnel only, since nothing asks who looks',
  }),
} as const;

export type TelemetryOptions = typeof telemetryOptions;
export type TelemetryValues = Values<TelemetryOptions>;
