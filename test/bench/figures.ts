/** The figures of a bench run: each with its goal, printed as a table as they come. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: { readonly least?: number; readonly most?: number };
  readonly note?: string;
}

export class Figures {
  private readonly all: Figure[] = [];

  add(name: string, value: number, unit: string, goal: Figure['goal'], note?: string): void {
    const figure: Figure = { name, value, unit, goal, ...(note === undefined ? {} : { note }) };
    this.all.push(figure);
    process.stdout.write(`${line(figure)}\n`);
  }

  get missed(): readonly Figure[] {
    return this.all.filter((figure) => !isMet(figure));
  }
}

function isMet({ value, goal }: Figure): boolean {
  return value >= (goal.least ?? -Infinity) && value <= (goal.most ?? Infinity);
}

function line(figure: Figure): string {
  const { name, value, unit, goal, note } = figure;
  const wanted =
    goal.least !== undefined
      ? `at least ${goal.least}`
      : goal.most !== undefined
        ? `at most ${goal.most}`
        : 'for information';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  const verdict = goal.least === undefined && goal.most === undefined ? '    ' : isMet(figure) ? 'ok  ' : 'MISS';
  return `${verdict} ${name.padEnd(58)} ${value.toFixed(digits).padStart(10)} ${unit.padEnd(9)} ${wanted}${note === undefined ? '' : `  (${note})`}`;
}
