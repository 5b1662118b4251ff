/**
 * The app's screens: a rail at the side of a wide window, a bar at the bottom of a phone.
 */
import { APP_SCREENS, appPath, Link, type AppScreen } from "../router";
import { t } from "../texts";
import { Disclosure } from "../ui/disclosure";
import { Icon } from "../ui/icons";

interface Place {
  app: string;
  screen: AppScreen;
  narrow: boolean;
}

const WIDE = APP_SCREENS.filter((screen) => screen !== "preview");
const FIRST: AppScreen[] = ["talk", "preview", "history"];
const REST = APP_SCREENS.filter((screen) => !FIRST.includes(screen));

export function Menu({ app, screen, narrow }: Place) {
  if (!narrow) {
    return (
      <nav className="rail" aria-label={t.menu.label}>
        {WIDE.map((to) => (
          <Item key={to} app={app} to={to} here={to === screen} text={t.menu[to]} />
        ))}
      </nav>
    );
  }
  const inRest = REST.includes(screen);
  return (
    <nav className="tabs" aria-label={t.menu.phone}>
      {FIRST.map((to) => (
        <Item key={to} app={app} to={to} here={to === screen} text={to === "talk" ? t.menu.talkPhone : t.menu[to]} />
      ))}
      <Disclosure
        className={inRest ? "more here" : "more"}
        button={
          <>
            <Icon name="more" />
            <span>{t.menu.more}</span>
          </>
        }
      >
        {(close) => (
          <ul>
            {REST.map((to) => (
              <li key={to} onClick={close}>
                <Item app={app} to={to} here={to === screen} text={t.menu[to]} />
              </li>
            ))}
          </ul>
        )}
      </Disclosure>
    </nav>
  );
}

function Item({ app, to, here, text }: { app: string; to: AppScreen; here: boolean; text: string }) {
  return (
    <Link className="item" href={appPath(app, to)} aria-current={here ? "page" : undefined}>
      <Icon name={to} />
      <span>{text}</span>
    </Link>
  );
}
