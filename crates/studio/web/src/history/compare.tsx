/**
 * Two versions side by side: what is different in words, and for engineers in the files.
 */
import { useId, useState } from "react";
import { compare, type Comparison, type Version } from "../api";
import { Differences } from "../conversation/change-card";
import { useReading } from "../request";
import { Icon } from "../ui/icons";
import { Read } from "../ui/page";
import { t } from "../texts";

interface Wanted {
  app: string;
  version: number;
  versions: Version[];
  onClose: () => void;
}

/** One version compared with another that is chosen; with the one before it at first. */
export function Compare({ app, version, versions, onClose }: Wanted) {
  const others = versions.map((one) => one.version).filter((other) => other !== version);
  const [other, setOther] = useState(() => others.filter((one) => one < version).at(-1) ?? others[0] ?? version);
  const [from, to] = [Math.min(version, other), Math.max(version, other)];
  const reading = useReading(`compare ${app} ${from} ${to}`, (call) => compare(app, from, to, call));
  const id = useId();
  return (
    <section className="compare" aria-label={t.card.history.between(from, to)}>
      <div className="compare-head">
        <div className="field">
          <label htmlFor={id}>{t.card.history.compareWith(version)}</label>
          <select id={id} autoFocus value={other} onChange={(event) => setOther(Number(event.target.value))}>
            {others.map((one) => (
              <option key={one} value={one}>
                {t.history.version(one)}
              </option>
            ))}
          </select>
        </div>
        <button type="button" className="button ghost square" aria-label={t.card.history.close} onClick={onClose}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <h3>{t.card.history.between(from, to)}</h3>
      <Read reading={reading}>{(comparison) => <Sides comparison={comparison} />}</Read>
    </section>
  );
}

function Sides({ comparison: { changes, files } }: { comparison: Comparison }) {
  return (
    <>
      {!changes ? (
        <p className="quiet">{t.card.history.unknown}</p>
      ) : changes.length === 0 ? (
        <p className="quiet">{t.card.history.same}</p>
      ) : (
        <Differences changes={changes} />
      )}
      <details className="engineer">
        <summary>{files.length === 0 ? t.card.history.noFiles : t.card.history.files(files.length)}</summary>
        {files.map((file) => (
          <details key={file.path}>
            <summary>
              <code>{file.path}</code> <span className="quiet">({t.card.history.fileWhat[file.what]})</span>
            </summary>
            {file.lines ? (
              <pre className="lines" tabIndex={0} aria-label={file.path}>
                {file.lines.split("\n").map((line, at) => (
                  <span key={at} className={SIGNS[line[0] ?? ""]}>
                    {`${line}\n`}
                  </span>
                ))}
              </pre>
            ) : (
              <p className="quiet">{t.card.history.noLines}</p>
            )}
          </details>
        ))}
      </details>
    </>
  );
}

/** How a line of a comparison is drawn, by its first character. */
const SIGNS: Record<string, string> = { "+": "added", "-": "removed", "@": "place" };
