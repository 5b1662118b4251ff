/**
 * Where another language is picked: each is called by its own name, and a globe shows the way to those who can't read
 * what stands around it.
 */
import { useId } from "react";
import { pick, t, useLanguage } from "../texts";
import { CODES, LANGUAGES, type LanguageCode } from "../texts/languages";
import { announce } from "../ui/announcer";
import { Icon } from "../ui/icons";

export function LanguageSwitch() {
  const id = useId();
  const spoken = useLanguage();
  const choose = async (code: LanguageCode) => {
    await pick(code);
    announce(`${t.language}: ${LANGUAGES[code].name}`);
  };
  return (
    <div className="language">
      <Icon name="globe" size={18} />
      <label className="unseen" htmlFor={id}>
        {t.language}
        {spoken !== "en" && <span lang="en"> (Language)</span>}
      </label>
      <select id={id} value={spoken} onChange={(event) => void choose(event.target.value as LanguageCode)}>
        {CODES.map((code) => (
          <option key={code} value={code} lang={code} dir={LANGUAGES[code].direction}>
            {LANGUAGES[code].name}
          </option>
        ))}
      </select>
    </div>
  );
}
