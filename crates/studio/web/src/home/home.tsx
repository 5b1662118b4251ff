/**
 * The first screen: one box that makes an app, and the apps there are.
 */
import { useEffect, useState } from "react";
import { create, list, type AppLine } from "../api";
import { AnswerCard } from "../conversation/answer-card";
import { ProgressList } from "../conversation/progress";
import { useReading } from "../request";
import { appPath, navigate, useArrival } from "../router";
import { forget, NEW, noted, start, unnote, useRun, useRunEnd } from "../runs";
import { instant, t } from "../texts";
import { Failure } from "../ui/failure";
import { Flourish } from "../ui/icons";
import { Waiting } from "../ui/page";
import { AppList } from "./app-list";
import { WishBox } from "./wish-box";

export function Home() {
  useArrival(`${t.product}`, "home");
  const run = useRun(NEW);
  const apps = useReading("list", list);
  useRunEnd(run, apps.reload);
  const [text, setText] = useState(run?.words ?? "");

  const make = async (words: string) => {
    const ended = await start(NEW, words, (call) => create(words, undefined, call));
    const made = ended?.outcome?.outcome === "live" ? ended.outcome.app : undefined;
    if (!made) return;
    forget(NEW);
    // Whoever has walked on to another screen meanwhile is not pulled away from it.
    if (location.pathname === "/") navigate(appPath(made));
  };

  return (
    <div className="home">
      <section className="hero" aria-labelledby="wish-title">
        <h1 id="wish-title" data-heading tabIndex={-1}>
          {run?.running ? t.start.working : t.start.title}
          {!run?.running && <Flourish />}
        </h1>
        {run?.running ? (
          <div className="making">
            <blockquote>{run.words}</blockquote>
            <ProgressList run={run} />
          </div>
        ) : (
          <>
            <p className="lead">{t.start.lead}</p>
            <WishBox text={text} setText={setText} onWish={(words) => void make(words)} />
            {run?.error !== undefined && <Failure error={run.error} onRetry={() => void make(run.words)} />}
            {run?.outcome && (
              <AnswerCard
                outcome={run.outcome}
                actions={{ onChange: (words) => void make(words), onLeave: () => forget(NEW) }}
              />
            )}
            <Pending apps={apps.data?.apps} reload={apps.reload} />
          </>
        )}
      </section>
      <AppList reading={apps} />
    </div>
  );
}

const LOOK_EVERY_MS = 1500;
const PENDING_MS_MAX = 5 * 60 * 1000;

/** After a reload in the middle of the making: waits for the app to appear among the others. */
function Pending({ apps, reload }: { apps?: AppLine[]; reload: () => void }) {
  const [note, setNote] = useState(() => noted(NEW));
  const [before, setBefore] = useState<Set<string>>();
  const [gone, setGone] = useState(false);

  useEffect(() => {
    if (!note || !apps) return;
    if (!before) setBefore(new Set(apps.map((line) => line.app)));
    const isMade = (line: AppLine) => instant(line.updated_at) >= note.at || (before && !before.has(line.app));
    const made = apps.find(isMade);
    if (made) {
      unnote(NEW);
      setNote(undefined);
      navigate(appPath(made.app));
    } else if (Date.now() - note.at > PENDING_MS_MAX) {
      unnote(NEW);
      setNote(undefined);
      setGone(true);
    }
  }, [note, apps, before]);

  useEffect(() => {
    if (!note) return;
    const timer = setInterval(reload, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [note, reload]);

  if (gone) return <p role="status">{t.start.pendingGone}</p>;
  return note ? <Waiting text={t.start.pending} /> : null;
}
