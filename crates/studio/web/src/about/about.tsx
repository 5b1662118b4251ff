/**
 * How the machine is, who writes the apps here, and what keeps each app in its place.
 */
import { status } from "../api";
import { useReading } from "../request";
import { useArrival } from "../router";
import { number, t } from "../texts";
import { sentence } from "../ui/failure";
import { Icon } from "../ui/icons";
import { Page, Read } from "../ui/page";

export function About() {
  useArrival(`${t.about.title} · ${t.product}`, "about");
  const reading = useReading("status", status);
  return (
    <Page title={t.about.title}>
      <Read reading={reading}>
        {(node) => (
          <>
            <p className={node.ok ? "success" : "failure"}>
              <Icon name={node.ok ? "check" : "alert"} />
              {node.ok ? t.about.ok : t.about.notOk}
            </p>
            <section className="panel" aria-labelledby="about-writer">
              <h2 id="about-writer">{t.about.writer}</h2>
              <p>{node.writer === "offline" ? t.about.offline : t.about.model(node.writer)}</p>
            </section>
            <section className="panel" aria-labelledby="about-confinement">
              <h2 id="about-confinement">{t.about.confinement}</h2>
              <ul className="plain-list">
                {node.confinement.map((text, index) => (
                  <li key={index}>{sentence(text)}</li>
                ))}
              </ul>
            </section>
            <section className="panel" aria-labelledby="about-where">
              <h2 id="about-where">{t.about.where}</h2>
              <p>{t.about.whereText}</p>
              <dl className="facts">
                <div>
                  <dt>{t.about.version}</dt>
                  <dd>{node.version}</dd>
                </div>
                <div>
                  <dt>{t.about.apps}</dt>
                  <dd>{number(node.apps)}</dd>
                </div>
                <div>
                  <dt>{t.about.height}</dt>
                  <dd>{number(node.height)}</dd>
                </div>
              </dl>
            </section>
          </>
        )}
      </Read>
      <p className="quiet">{t.about.independent}</p>
    </Page>
  );
}
