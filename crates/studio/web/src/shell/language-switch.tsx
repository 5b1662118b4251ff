/**
 * Where another language is picked: each is called by its own name, and a globe shows the way to those who can't read
 * what stands around it.
 */
import { pick, t, useLanguage } from "../texts";
import { CODES, LANGUAGES, type LanguageCode } from "../texts/languages";
import { announce } from "../ui/announcer";
import { Icon } from "../ui/icons";

export function LanguageSwitch() {
  const spoken = useLanguage();
  const choose = async (code: LanguageCode) => {
    await pick(code);
    announce(`${t.language}: ${LANGUAGES[code].name}`);
  };
  return (
    <label className="language">
      <Icon name="globe" size={18} />
      <span className="unseen">
        {t.language}
        {spoken !== "en" && <span lang="en"> (Language)</span>}
      </span>
      <select value={spoken} onChange={(event) => void choose(event.target.value as LanguageCode)}>
        {CODES.map((code) => (
          <option key={code} value={code} lang={code} dir={LANGUAGES[code].direction}>
            {LANGUAGES[code].name}
          </option>
        ))}
      </select>
    </label>
  );
}
