/** How long each stage of the work took, for engineers. */
import { seconds, t } from "../texts";

export function Stages({ times }: { times: [stage: string, value: number][] }) {
  return (
    <dl className="timing">
      {times.map(([stage, value]) => (
        <div key={stage}>
          <dt>{t.progress.stages[stage] ?? stage}</dt>
          <dd>{seconds(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
