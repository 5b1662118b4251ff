/**
 * What is being done, stage by stage, in plain words and with the seconds each took.
 *
 * The moving seconds are for the eye only; the words of a new stage are announced by `runs.ts`.
 */
import { useEffect, useState } from "react";
import { stageWords, type Run, type Stage } from "../runs";
import { seconds, t } from "../texts";
import { sentence } from "../ui/failure";
import { Icon, Mark } from "../ui/icons";

const TICK_MS = 100;

export function ProgressList({ run }: { run: Run }) {
  const now = useNow(run.running);
  return (
    <div className="progress">
      <p className="progress-head">
        <Mark writing={run.running} size={26} />
        <strong>{t.progress.title}</strong>
        <span className="seconds" aria-hidden="true">
          {seconds((now - run.startedAt) / 1000)}
        </span>
      </p>
      {run.stages.length > 0 && (
        <ol aria-label={t.progress.title}>
          {run.stages.map((stage) => (
            <li key={stage.stage} className={stage.endedAt ? "done" : "now"} aria-current={stage.endedAt ? undefined : "step"}>
              {stage.endedAt ? <Icon name="check" size={18} /> : <span className="dot" aria-hidden="true" />}
              <span>{sentence(stageWords(stage)).replace(/[.।。]$/, "")}</span>
              <span className="unseen">, {stage.endedAt ? t.progress.done : t.progress.now}</span>
              <span className="seconds" aria-hidden="true">
                {seconds(took(stage, now))}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function took(stage: Stage, now: number): number {
  if (stage.endedAt && stage.seconds > 0) return stage.seconds;
  return Math.max(stage.seconds, ((stage.endedAt ?? now) - stage.startedAt) / 1000);
}

function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
