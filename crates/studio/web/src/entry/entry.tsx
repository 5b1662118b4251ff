/**
 * What someone sees whom the node does not know: how to get the one-time link, and why there is one.
 */
import type { ApiError } from "../api";
import { commands } from "../commands";
import { useArrival } from "../router";
import { LanguageSwitch } from "../shell/language-switch";
import { look } from "../session";
import { t } from "../texts";
import { CopyField } from "../ui/copy-field";
import { sentence } from "../ui/failure";
import { Icon, Mark } from "../ui/icons";

export function Entry({ refused }: { refused?: ApiError }) {
  useArrival(`${t.entry.title} · ${t.product}`, "entry");
  const [terminal, command, open] = t.entry.steps;
  return (
    <main className="entry">
      <div className="entry-card">
        <div className="entry-head">
          <Mark size={44} />
          <LanguageSwitch />
        </div>
        <h1 data-heading tabIndex={-1}>
          {t.entry.title}
        </h1>
        <p className="lead">{t.entry.lead}</p>
        {refused && (
          <div className="failure" role="alert">
            <Icon name="alert" />
            <div>
              <p className="failure-title">{t.entry.linkFailed}</p>
              {refused.kind !== "unreachable" && <p>{sentence(refused.message)}</p>}
              <p className="quiet">{sentence(refused.hint) || t.entry.linkFailedHint}</p>
            </div>
          </div>
        )}
        <ol className="steps">
          <li>{terminal}</li>
          <li>
            {command}
            <CopyField label={t.copy} text={commands.link} />
          </li>
          <li>{open}</li>
        </ol>
        <div className="row">
          <button type="button" className="button" onClick={() => void look()}>
            <Icon name="reload" size={18} />
            {t.entry.again}
          </button>
        </div>
        <details className="why">
          <summary>{t.entry.why}</summary>
          <p>{t.entry.whyText}</p>
        </details>
      </div>
    </main>
  );
}
