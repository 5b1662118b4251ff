/**
 * Before a version is brought back: what would come back, and what is newer and would be set aside.
 *
 * Invariant: the yes given here is good for exactly what is shown here; if the app moved on meanwhile, it is asked again.
 */
import { restore, type Outcome } from "../api";
import { placed } from "../conversation/findings";
import { useReading } from "../request";
import { t } from "../texts";
import { Confirm } from "../ui/dialog";
import { sentence } from "../ui/failure";
import { Read, Waiting } from "../ui/page";

interface Asked {
  app: string;
  version: number;
  onConfirm: (approve?: string) => void;
  onClose: () => void;
}

export function BringBack({ app, version, onConfirm, onClose }: Asked) {
  const reading = useReading(`back ${app} ${version}`, (call) => restore(app, version, undefined, "always", call));
  const outcome = reading.data;
  // What asks for more than a yes is shown, with its ways, when it is tried.
  const approve = outcome?.outcome === "ok" ? outcome.approve : undefined;
  return (
    <Confirm
      title={t.history.confirmTitle(version)}
      text={t.history.confirmText(version)}
      confirm={t.history.confirm}
      busy={outcome === undefined && reading.error === undefined}
      onConfirm={() => onConfirm(approve)}
      onClose={onClose}
    >
      {reading.loading && !outcome ? (
        <Waiting text={t.card.history.looking} />
      ) : (
        <Read reading={reading}>{(found) => <Aside outcome={found} />}</Read>
      )}
    </Confirm>
  );
}

function Aside({ outcome }: { outcome: Outcome }) {
  const lines = [...placed(outcome, true), ...placed(outcome, false)].map(({ finding }) => sentence(finding.message));
  if (lines.length === 0) return <p className="quiet">{t.card.history.asideNone}</p>;
  return (
    <div className="aside">
      <p>{t.card.history.aside}</p>
      <ul className="plain-list">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
