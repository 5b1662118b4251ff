/// The sentences that people read when something is not possible.
module {
  public let denied = "आपको यहाँ यह करने की अनुमति नहीं है।";
  public let unknown = "पहले अपना निमंत्रण लिंक खोलें, ताकि जवाब आपका ही हो।";
  public let notInvited = "यहाँ अभी आपके जवाब देने के लिए कुछ नहीं है। जिसने आपको बुलाया है, उससे पूछें।";
  public let already = "आप जवाब दे चुके हैं। अपना जवाब बदल लें।";
  public let archived = "ऐप का यह हिस्सा अलग रख दिया गया है।";
  public let gone = "यह अब नहीं है, या आपका नहीं है।";
  public func full(plural : Text) : Text = plural # ": अब और जगह नहीं है।";
  public func missing(what : Text) : Text = what # " भरना बाकी है।";
  public func tooLong(what : Text, most : Text) : Text = what # " " # most # " अक्षरों से लंबा है।";
  public func notEmail(what : Text) : Text = what # " ईमेल पता नहीं लगता।";
  public func notPhone(what : Text) : Text = what # " फ़ोन नंबर नहीं लगता।";
  public func notUrl(what : Text) : Text = what # " https:// या http:// से शुरू होने वाला वेब पता होना चाहिए।";
  public func notDate(what : Text) : Text = what # " कोई तारीख नहीं है।";
  public func notTime(what : Text) : Text = what # " कोई समय नहीं है।";
  public func tooSmall(what : Text, least : Text) : Text = what # " कम से कम " # least # " होना चाहिए।";
  public func tooLarge(what : Text, most : Text) : Text = what # " अधिकतम " # most # " हो सकता है।";
  public func notOption(what : Text) : Text = what # " विकल्पों में से एक नहीं है।";
  public func noSuch(what : Text) : Text = what # " अब नहीं है। कोई दूसरा चुनें।";
  public func taken(what : Text) : Text = what # " पहले ही लिया जा चुका है।";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # ": " # places # " जगहों में से " # free # " खाली हैं, जो काफ़ी नहीं हैं।";
  public func tooFew(what : Text, taken : Text) : Text = what # " इतना छोटा नहीं हो सकता: " # taken # " जगहें भर चुकी हैं।";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " अभी " # plural # " में " # count # " बार इस्तेमाल हो रहा है। पहले उन्हें बदलें।";
};
