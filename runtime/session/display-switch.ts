/** The display of a running show, put together: opening hours, the order by hand, the screen of the output, the television. */
import { parseOpeningHours } from '../core/opening-hours';
import type { Emitter } from '../core/events';
import type { Scope } from '../core/scope';
import { switchTelevisions, type Switched } from '../display/cec';
import type { RenderHandle } from '../render/handle';
import { DisplayPower } from './display-power';
import type { SessionEvents } from './session-events';

export interface DisplaySwitchParts {
  readonly render: RenderHandle;
  readonly values: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
  readonly events: Emitter<SessionEvents>;
  readonly scope: Scope;
}

/** A mode that is set again takes up to a second; a driver that hangs is not waited for. */
const ANSWER_LIMIT_MS = 5000;

/** Ends with the scope; what is off then stays so. */
export function openDisplayPower({ render, values, env, events, scope }: DisplaySwitchParts): DisplayPower {
  const schedule = String(values['display.schedule']);
  const televisions = values['display.cec'] === true;
  const power = new DisplayPower({
    hours: schedule === 'always' ? undefined : parseOpeningHours(schedule),
    wallMs: Date.now,
    async act(on) {
      const outcomes: Switched[] = await Promise.all([
        switchScreen(render, on),
        ...(televisions ? [switchTelevisions(on, env)] : []),
      ]);
      return {
        by: outcomes.flatMap(({ by }) => (by === undefined ? [] : [by])),
        notes: outcomes.flatMap(({ because }) => (because === undefined ? [] : [because])),
      };
    },
    onSwitched: (state) => events.emit('display', state),
  });
  scope.defer('display power', () => power.stop());
  return power;
}

let orders = 0;

function switchScreen(render: RenderHandle, on: boolean): Promise<Switched> {
  const id = (orders += 1);
  return new Promise((resolve) => {
    const end = (outcome: Switched): void => {
      clearTimeout(timer);
      deaf();
      resolve(outcome);
    };
    const timer = setTimeout(
      () => end({ because: `the display did not answer within ${ANSWER_LIMIT_MS / 1000} s` }),
      ANSWER_LIMIT_MS,
    );
    const deaf = render.listen((message) => {
      if (message.kind !== 'powered' || message.id !== id) return;
      const { by, because } = message;
      end({ ...(by === undefined ? {} : { by }), ...(because === undefined ? {} : { because }) });
    });
    render.ended.then(
      () => end({}),
      () => end({}),
    );
    render.send({ kind: 'power', id, on });
  });
}
