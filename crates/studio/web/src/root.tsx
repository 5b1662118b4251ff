/**
 * The root: nobody sees a screen before the node has said that this browser is let in.
 */
import { useEffect, useState } from "react";
import { status } from "./api";
import { About } from "./about/about";
import { useReachable } from "./connection";
import { Entry } from "./entry/entry";
import { Help } from "./help/help";
import { Home } from "./home/home";
import { Link, parse, useArrival, usePath } from "./router";
import { look, useSession } from "./session";
import { AppFrame } from "./shell/app-frame";
import { TopBar } from "./shell/top-bar";
import { t, useLanguage } from "./texts";
import { announce, Announcer } from "./ui/announcer";
import { Failure, Guard } from "./ui/failure";
import { Page, Waiting } from "./ui/page";

export function Root() {
  useLanguage();
  return (
    <>
      <Announcer />
      <OfflineNotice />
      <Door />
      <Help />
    </>
  );
}

function Door() {
  const session = useSession();
  switch (session.state) {
    case "checking":
      return (
        <main className="centre">
          <Waiting text={session.entering ? t.entry.entering : t.loading} />
        </main>
      );
    case "unknown":
      return (
        <main className="centre">
          <h1 className="unseen">{t.product}</h1>
          <Failure error={session.error} onRetry={() => void look()} />
        </main>
      );
    case "stranger":
      return <Entry refused={session.refused} />;
    case "owner":
      return <Screens />;
  }
}

function Screens() {
  const path = usePath();
  const route = parse(path);
  if (route.at === "app") return <AppFrame key={route.app} app={route.app} screen={route.screen} />;
  return (
    <div className="plain">
      <TopBar />
      <main id="content">
        <Guard key={path}>
          {route.at === "home" && <Home />}
          {route.at === "about" && <About />}
          {route.at === "nowhere" && <Nowhere path={path} />}
        </Guard>
      </main>
    </div>
  );
}

function Nowhere({ path }: { path: string }) {
  useArrival(`${t.nowhere.title} · ${t.product}`, path);
  return (
    <Page title={t.nowhere.title} lead={t.nowhere.text}>
      <p>
        <Link className="button" href="/">
          {t.nowhere.back}
        </Link>
      </p>
    </Page>
  );
}

const ASK_AGAIN_MS = 2500;

function OfflineNotice() {
  const reachable = useReachable();
  const [missed, setMissed] = useState(false);

  useEffect(() => {
    if (reachable) {
      if (missed) announce(t.offline.back);
      setMissed(false);
      return;
    }
    setMissed(true);
    const timer = setInterval(() => void status().catch(() => undefined), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [reachable, missed]);

  if (reachable) return null;
  return (
    <div className="offline" role="alert">
      {t.offline.text}
    </div>
  );
}
