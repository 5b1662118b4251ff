//! The page of an app that has none: it says so and lists what the backend answers.

/// A whole HTML document. `title` and `language` are as the manifest has them.
pub(crate) fn default_page(title: &str, language: &str, methods: &[String]) -> String {
    let title = escape(title);
    let items: String = methods.iter().map(|name| format!("<li><code>{}</code></li>\n", escape(name))).collect();
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n</head>\n\
         <body>\n<h1>{title}</h1>\n<p>This app has no pages. Its backend answers these methods:</p>\n<ul>\n{items}</ul>\n\
         <p><a href=\"/backend.did\">Its interface in Candid</a></p>\n</body>\n</html>\n",
        language = escape(language),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::default_page;

    #[test]
    fn names_are_text_not_markup() {
        let page = default_page("<b>", "en", &["f".to_owned()]);
        assert!(page.contains("<h1>&lt;b&gt;</h1>") && page.contains("<code>f</code>"));
    }
}
