/**
 * What the app noted about its own running; a problem can be handed to the writer as a wish.
 */
import { change, logs, type LogEntry } from "../api";
import { showFirst } from "../conversation/show-first";
import { useReading } from "../request";
import { appPath, navigate } from "../router";
import { start, useRun } from "../runs";
import { instant, moment, t } from "../texts";
import { Icon } from "../ui/icons";
import { Page, Read } from "../ui/page";

export function Logs({ app }: { app: string }) {
  const reading = useReading(`logs ${app}`, (call) => logs(app, call));
  const busy = useRun(app)?.running ?? false;

  const repair = (entry: LogEntry) => {
    const words = t.logs.fixText(entry.text);
    void start(app, words, (call) => change(app, words, undefined, showFirst(), call));
    navigate(appPath(app));
  };

  return (
    <Page title={t.logs.title} lead={t.logs.lead}>
      <p>
        <button type="button" className="button small" disabled={reading.loading} onClick={reading.reload}>
          <Icon name="reload" size={17} />
          {t.logs.refresh}
        </button>
      </p>
      <Read reading={reading}>
        {({ entries }) =>
          entries.length === 0 ? (
            <p className="quiet">{t.logs.none}</p>
          ) : (
            <ol className="log-list" reversed>
              {[...entries]
                .sort((a, b) => (instant(b.at) || 0) - (instant(a.at) || 0))
                .map((entry, index) => (
                  <li key={index} className="log-entry">
                    <span className={isProblem(entry) ? "badge bad" : "badge"}>
                      {t.logs.levels[entry.level] ?? entry.level}
                    </span>
                    <span className="log-text">
                      {entry.text}
                      <span className="quiet">{moment(entry.at)}</span>
                    </span>
                    {isProblem(entry) && (
                      <button type="button" className="button small" disabled={busy} onClick={() => repair(entry)}>
                        {t.logs.fix}
                      </button>
                    )}
                  </li>
                ))}
            </ol>
          )
        }
      </Read>
    </Page>
  );
}

function isProblem(entry: LogEntry): boolean {
  return entry.level === "error" || entry.level === "trap";
}
