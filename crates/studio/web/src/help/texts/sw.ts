/** Swahili: the help. */
import type { HelpTexts } from "./en";

export const sw: HelpTexts = {
  ask: "Ungependa kujua nini?",
  placeholder: "Ninamwalikaje mtu?",
  found: "Mada zinazofaa zaidi:",
  none: "Hakuna mada inayolingana na maneno haya. Zote ziko hapa chini.",
  go: (screen) => `Nenda kwenye “${screen}”`,
  type: "Andika hii katika terminali kwenye mashine ambapo Autograph inafanya kazi:",
  keys: "Kitufe ? kinafungua msaada huu kutoka popote.",
  topics: {
    make: {
      title: "Kutengeneza programu",
      text: [
        "Andika katika kisanduku cha skrini ya kwanza programu ifanye nini: ihifadhi nini, kila ingizo liwe na nini, na nani anaweza kuona. Kwa mfano: “Programu ya kurekodi nyimbo zangu: msanii, kichwa, mwaka, bei.”",
        "Sekunde chache baadaye inafanya kazi. Kando yake kumeandikwa kilichoeleweka, kilichochukuliwa, na kisichoeleweka.",
      ],
      words: "mpya tengeneza kutengeneza natengenezaje unda anza jenga andika mfano kwanza",
    },
    change: {
      title: "Kubadilisha programu",
      text: [
        "Fungua programu, chagua “Jenga”, na sema kwa maneno yako nini kiwe tofauti, kwa mfano “Ongeza maelezo” au “Mimi pekee naweza kufuta”.",
        "Badiliko linajaribiwa kwanza kwenye nakala yenye data zako halisi. Linawekwa kazini tu kama hakuna kinachopotea na hakuna anayeona zaidi ya awali; vinginevyo unaulizwa.",
      ],
      words: "badilisha badiliko mabadiliko nabadilishaje rekebisha hariri sehemu ongeza kuongeza boresha tofauti",
    },
    stopped: {
      title: "Kwa nini ilisimama na kuniuliza",
      text: [
        "Kwa sababu badiliko lingepoteza data, lingeruhusu watu zaidi, au lingeharibu kitu. Hakuna kinachobadilika hadi uamue.",
        "Kadi inataja kilicho hatarini, pamoja na mifano, na inatoa njia za upole zaidi. “Fanya hasa nilichoomba” ipo pia: hatua ya kurejesha inahifadhiwa kwanza.",
      ],
      words: "imekataliwa kataa zuia imezuiwa swali onyo kubali thibitisha imesimama ilikataa",
    },
    undo: {
      title: "Kutengua jambo",
      text: [
        "Sema “Tengua mabadiliko ya mwisho” katika mazungumzo, au fungua “Historia” na urudishe toleo la awali: programu, data zake na nani anaweza nini vinakuwa kama vilivyokuwa.",
        "Kilichoingizwa tangu hapo kinawekwa kando na kuhifadhiwa. Kinaweza kurudishwa vivyo hivyo.",
      ],
      words: "tengua kutengua natenguaje rudisha kurudisha rudi nyuma toleo zamani kosa makosa imepotea imeharibika",
    },
    invite: {
      title: "Kualika watu",
      text: [
        "Fungua “Watu”, andika jina, chagua anakuja kama nani, na utengeneze kiungo. Mtumie mtu huyo na si mwingine: yeyote atakayekifungua ni mtu huyo kwa programu.",
        "Kiungo kikipotea au kikiangukia mikono mibaya, tengeneza kingine: cha zamani kinaacha kufanya kazi. Kama programu haina wa kumwalika, sema katika mazungumzo nani aone nini.",
      ],
      words: "alika kualika mwalike ninamwalikaje mwaliko shiriki mgeni wageni rafiki mwanachama timu kiungo tuma mtumiaji akaunti nenosiri mwenzangu mtu",
    },
    access: {
      title: "Nani anaweza kuona nini",
      text: [
        "“Ruhusa” inasema kwa kila jukumu linaweza kuona na kufanya nini, na lilionekana kupata nini kila kitu kilipojaribiwa kwenye nakala. “Tazama kama” inakuonyesha programu wanavyoiona.",
        "Unaibadilisha kwa kusema, kwa mfano “Mimi pekee naweza kuona bei”. Kitakachomfanya mtu aone zaidi hakifanywi kamwe bila kukuuliza.",
      ],
      words: "faragha binafsi hadharani haki ruhusa siri ficha kuficha ruhusu anaona kuona usalama salama",
    },
    data: {
      title: "Kuingiza na kutoa data",
      text: [
        "Kuingiza: katika programu yenyewe, fungua orodha, kisha “Zaidi” na “Leta jedwali (CSV)”. Kila lahajedwali inaweza kuhifadhi jedwali kama CSV.",
        "Kutoa: “Data” inaonyesha kila kitu ambacho programu inahifadhi. Tafuta humo, na uhifadhi ulichopata kama CSV kwa lahajedwali au kama JSON.",
      ],
      words: "ingiza leta toa kutoa excel lahajedwali csv json pakua pakia jedwali faili hifadhi",
    },
    remove: {
      title: "Kufuta programu, au inachohifadhi kuhusu mtu",
      text: [
        "Programu nzima: “Mipangilio”, chini kabisa. Hifadhi kwanza kama majedwali unachotaka kubaki nacho; hakuna kinachorudisha programu iliyofutwa.",
        "Mtu mmoja: ondoa ruhusa yake katika “Watu”; alichoingiza kinabaki. Ili kufuta maingizo yake kabisa, hata kwenye historia, kuna amri.",
      ],
      words: "futa kufuta nafutaje ondoa kuondoa sahau achana mtu",
    },
    where: {
      title: "Data ziko wapi",
      text: [
        "Kwenye mashine ambapo Autograph inafanya kazi, na si kwingine: programu, kilichoingizwa, mazungumzo yako. Kwa kawaida ziko kwenye folda `~/.local/share/autograph`, au kwenye ile iliyotajwa ilipoanzishwa.",
        "Hakuna kinachotumwa nje. Mwandishi yumo ndani; hahitaji akaunti wala intaneti.",
      ],
      words: "wapi zinahifadhiwa zimehifadhiwa hifadhi wingu seva folda diski intaneti faragha",
    },
    backup: {
      title: "Kuhifadhi nakala na kuhamia mashine nyingine",
      text: [
        "Simamisha Autograph, nakili folda yake yote ya data (kwa kawaida `~/.local/share/autograph`), kisha uianzishe tena. Nakala ina kila programu pamoja na data, historia na watu wake. Iweke mahali salama: ufunguo wa mmiliki umo ndani yake.",
        "Ili kutumia nakala, hapa au kwenye mashine nyingine, anzisha Autograph kwa folda hiyo. Usiache mbili zikifanya kazi na nakala za programu zilezile ukitarajia zikubaliane.",
        "Kwa data pekee, zihifadhi kama majedwali katika “Data”.",
      ],
      words: "nakala chelezo hifadhi salama hamisha hamia kuhamia kompyuta mpya diski imeharibika",
    },
    door: {
      title: "Kutumia kivinjari kingine au kifaa kingine",
      text: [
        "Studio hii inafunguka tu kwa vivinjari vilivyoingia kwa kiungo cha mara moja. Toa kiungo kipya na ukifungue katika kivinjari kingine.",
        "Anwani zinazoishia na `localhost` zinafanya kazi kwenye mashine hii tu. Toleo hili linahudumia mashine yake lenyewe na halikutengenezwa kwa intaneti ya wazi.",
      ],
      words: "simu kompyuta kibao ingia kuingia kiungo mtandao mbali intaneti anwani kifaa",
    },
    model: {
      title: "Kuunganisha modeli ya lugha",
      text: [
        "Haihitajiki: programu zinaandikwa na programu yenye kamusi na kanuni, inayosema ambacho haikuelewa. Toleo hili haliwezi kuunganishwa na modeli.",
        "Msimbo ulioandikwa na wewe au na modeli kwingine unaweza pia kuwekwa kazini. Unapitia ukaguzi uleule kama kila badiliko.",
      ],
      words: "ai akili bandia mnemba chatgpt gpt claude llm api ufunguo msaidizi msimbo mwandaaji motoko mcp unganisha",
    },
    limits: {
      title: "Isichoweza kufanya",
      text: [
        "Inatengeneza programu zinazohifadhi orodha na watu, zenye majibu, nafasi za kuweka, kuazima, maagizo, akiba, kura, kurasa za kusoma na kadhalika. Haitengenezi michezo, ramani wala malipo, na husema hivyo ukiviomba.",
        "Kama kitu hakikueleweka, kiseme kwa sentensi fupi na jambo moja kwa wakati.",
      ],
      words: "haiwezi haiwezekani kikomo mipaka mchezo michezo ramani malipo kulipa haielewi",
    },
    language: {
      title: "Kubadilisha lugha",
      text: [
        "Orodha yenye tufe la dunia, juu, inabadilisha lugha ya studio hii katika kivinjari hiki. Programu inazungumza lugha uliyoiomba kwayo.",
        "Unaweza kuandika maombi yako kwa lugha yoyote kati ya hizi kumi, vyovyote studio inavyozungumza.",
      ],
      words: "lugha tafsiri kiingereza kihispania kifaransa kijerumani kichina kiarabu kihindi kireno kiswahili",
    },
  },
};
