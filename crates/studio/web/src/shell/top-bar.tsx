/**
 * The bar at the top: the way home, the app one is in with the way to the others, and the way out into the app.
 */
import { list, type AppLine } from "../api";
import { HelpButton } from "../help/help";
import { appPath, Link } from "../router";
import { useReading } from "../request";
import { t } from "../texts";
import { Disclosure } from "../ui/disclosure";
import { Failure } from "../ui/failure";
import { Icon, Mark } from "../ui/icons";
import { Tile } from "../ui/tile";
import { Waiting } from "../ui/page";
import { LanguageSwitch } from "./language-switch";

interface Bar {
  /** The app that one is in. */
  app?: { app: string; title: string };
  /** Opens it as its owner. */
  url?: string;
}

export function TopBar({ app, url }: Bar) {
  return (
    <header className="top-bar">
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <Link className="brand" href="/" aria-label={t.home}>
        <Mark />
        <span className={app ? "brand-name in-app" : "brand-name"}>{t.product}</span>
      </Link>
      {app && (
        <Disclosure
          className="switcher"
          hint={t.apps.switch}
          button={
            <>
              <Tile app={app.app} title={app.title} size={26} />
              <span className="switcher-title">{app.title}</span>
              <Icon name="down" size={18} />
            </>
          }
        >
          {(close) => <Switcher current={app.app} close={close} />}
        </Disclosure>
      )}
      <span className="grow" />
      <HelpButton />
      <LanguageSwitch />
      {app ? (
        url && (
          <a className="button primary small" href={url} target="_blank" rel="noopener noreferrer">
            <span className="open-word">{t.openInTab}</span>
            <Icon name="out" size={17} />
            <span className="unseen">({t.newTab})</span>
          </a>
        )
      ) : (
        <Link className="button ghost small" href="/about">
          <Icon name="about" size={18} />
          <span className="about-word">{t.menu.about}</span>
        </Link>
      )}
    </header>
  );
}

function Switcher({ current, close }: { current: string; close: () => void }) {
  const reading = useReading("list", list);
  return (
    <nav aria-label={t.apps.title}>
      {reading.error !== undefined && <Failure error={reading.error} onRetry={reading.reload} />}
      {!reading.data && reading.loading && <Waiting />}
      <ul className="switcher-list">
        {reading.data?.apps.map((line: AppLine) => (
          <li key={line.app}>
            <Link href={appPath(line.app)} aria-current={line.app === current ? "page" : undefined} onClickCapture={close}>
              <Tile app={line.app} title={line.title} size={30} />
              <span className="switcher-line">
                <strong>{line.title}</strong>
                <span className="quiet">{line.app}</span>
              </span>
              {line.app === current && <Icon name="check" size={18} />}
            </Link>
          </li>
        ))}
      </ul>
      <Link className="switcher-new" href="/" onClickCapture={close}>
        <Icon name="plus" size={18} />
        {t.apps.make}
      </Link>
    </nav>
  );
}
