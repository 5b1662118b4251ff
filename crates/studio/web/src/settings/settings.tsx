/**
 * What the app is and where, and what concerns it as a whole: its name, freezing it, deleting it.
 */
import { useState, type ReactNode } from "react";
import { freeze, list, remove, rename, thaw, type AppDetail } from "../api";
import { ShowFirstChoice } from "../conversation/show-first";
import { useDoing, useReading, type Reading } from "../request";
import { appPath, Link, navigate } from "../router";
import { t } from "../texts";
import { announce } from "../ui/announcer";
import { CopyField } from "../ui/copy-field";
import { Dialog } from "../ui/dialog";
import { Failure, sentence } from "../ui/failure";
import { Page, Read } from "../ui/page";
import { isHere } from "../ui/place";

export function Settings({ app, detail }: { app: string; detail: Reading<AppDetail> }) {
  return (
    <Page title={t.settings.title}>
      <Read reading={detail}>{(shown) => <About detail={shown} />}</Read>
      <Name key={app} app={app} />
      <Panel id="show" title={t.card.show.title}>
        <p className="quiet">{t.card.show.text}</p>
        <ShowFirstChoice />
      </Panel>
      <Keeping app={app} />
      <Freezing app={app} />
      <Deleting app={app} />
    </Page>
  );
}

function Panel({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className="panel" aria-labelledby={`settings-${id}`}>
      <h2 id={`settings-${id}`}>{title}</h2>
      {children}
    </section>
  );
}

function About({ detail }: { detail: AppDetail }) {
  const canister = new URL(detail.url);
  canister.hostname = `${detail.canister_id}.localhost`;
  return (
    <>
      <Panel id="what" title={t.settings.what}>
        {detail.description.length === 0 && <p className="quiet">{t.settings.nothingSaid}</p>}
        <ul className="plain-list">
          {detail.description.map((text, index) => (
            <li key={index}>{sentence(text)}</li>
          ))}
        </ul>
        {detail.spec !== null && detail.spec !== undefined && (
          <details className="engineer">
            <summary>{t.settings.spec}</summary>
            <pre tabIndex={0}>{JSON.stringify(detail.spec, null, 2)}</pre>
          </details>
        )}
      </Panel>
      <Panel id="address" title={t.settings.address}>
        <p className="quiet">{t.settings.addressText}</p>
        <CopyField label={t.settings.address} text={detail.url} />
        <CopyField label={t.settings.canister} text={canister.href} />
        {isHere(detail.url) && <p className="quiet">{t.settings.onlyHere}</p>}
      </Panel>
    </>
  );
}

/** What a host name's label may be, as the registry checks it again. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function Name({ app }: { app: string }) {
  const [name, setName] = useState(app);
  const [wrong, setWrong] = useState(false);
  const doing = useDoing();

  const submit = async () => {
    setWrong(!NAME.test(name));
    if (!NAME.test(name) || name === app) return;
    if (await doing.act(() => rename(app, name))) {
      announce(t.settings.renamed(name));
      navigate(appPath(name, "settings"));
    }
  };

  return (
    <Panel id="name" title={t.settings.name}>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="field grow">
          <label htmlFor="app-name" className="unseen">
            {t.settings.name}
          </label>
          <input
            id="app-name"
            value={name}
            maxLength={63}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            aria-describedby="app-name-hint"
            aria-invalid={wrong || undefined}
            onChange={(event) => {
              setName(event.target.value);
              setWrong(false);
            }}
          />
        </div>
        <button type="submit" className="button" disabled={doing.busy}>
          {t.settings.rename}
        </button>
      </form>
      <p id="app-name-hint" className={wrong ? "problem" : "quiet"} role={wrong ? "alert" : undefined}>
        {wrong ? t.settings.nameWrong : t.settings.nameHint}
      </p>
      <Failure error={doing.error} onRetry={() => void submit()} />
    </Panel>
  );
}

function Keeping({ app }: { app: string }) {
  return (
    <Panel id="keep" title={t.settings.keep}>
      <p>{t.settings.keepText}</p>
      <p>
        <Link className="button" href={appPath(app, "data")}>
          {t.settings.keepDo}
        </Link>
      </p>
    </Panel>
  );
}

function Freezing({ app }: { app: string }) {
  const reading = useReading("list", list);
  const doing = useDoing();
  const frozen = reading.data?.apps.find((line) => line.app === app)?.status === "frozen";

  const turn = () =>
    doing.act(async () => {
      await (frozen ? thaw(app) : freeze(app));
      announce(frozen ? t.settings.thawed : t.settings.frozen);
      reading.reload();
    });

  return (
    <Panel id="freeze" title={t.settings.freeze}>
      <Read reading={reading}>
        {() => (
          <>
            <p>{frozen ? t.settings.frozenText : t.settings.freezeText}</p>
            <button type="button" className="button" disabled={doing.busy} onClick={() => void turn()}>
              {frozen ? t.settings.thawDo : t.settings.freezeDo}
            </button>
          </>
        )}
      </Read>
      <Failure error={doing.error} onRetry={() => void turn()} />
    </Panel>
  );
}

function Deleting({ app }: { app: string }) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const doing = useDoing();

  const submit = async () => {
    if (typed !== app) return;
    if (await doing.act(() => remove(app))) {
      announce(t.settings.deleted(app));
      navigate("/");
    }
  };

  return (
    <Panel id="delete" title={t.settings.delete}>
      <p>{t.settings.deleteText}</p>
      <button type="button" className="button danger-quiet" onClick={() => setAsking(true)}>
        {t.settings.deleteDo}
      </button>
      {asking && (
        <Dialog title={t.settings.deleteTitle(app)} onClose={() => setAsking(false)}>
          <p>{t.settings.deleteConfirmText}</p>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <div className="field">
              <label htmlFor="delete-name">{t.settings.deleteType(app)}</label>
              <input
                id="delete-name"
                value={typed}
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setTyped(event.target.value)}
              />
            </div>
            <Failure error={doing.error} />
            <div className="row end">
              <button type="button" className="button" onClick={() => setAsking(false)}>
                {t.cancel}
              </button>
              <button type="submit" className="button danger" disabled={typed !== app || doing.busy}>
                {t.settings.deleteConfirm}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </Panel>
  );
}
