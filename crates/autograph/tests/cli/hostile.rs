//! Nodes that answer badly: the program ends, with words and within bounds.

use crate::support::{Done, Home, raw};

async fn asked(answer: &[u8]) -> Done {
    let home = Home::new();
    home.runs(&raw(answer.to_vec()).await, &[]);
    let done = home.json(&["list"]).await;
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.out.len() < 5000, "{} bytes", done.out.len());
    done
}

fn http(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn what_is_no_http_is_said() {
    for answer in [&b""[..], b"\n", b"220 mail server ready\r\n", &[0xff; 300], b"HTTP/1.1 200 OK\r\n"] {
        let done = asked(answer).await;
        assert!(done.error().contains("node at http://127.0.0.1"), "{}", done.error());
    }
}

#[tokio::test]
async fn what_is_no_json_is_said() {
    for body in ["<html></html>", "{\"result\":", "{\"result\":[]}", "{}", "null", "{\"error\":{\"message\":7}}"] {
        assert!(asked(&http(body)).await.error().contains("can't be read"), "{body}");
    }
}

#[tokio::test]
async fn json_without_end_of_nesting_is_said() {
    let body = format!("{{\"result\":{{\"a\":{}", "[".repeat(1 << 20));
    assert!(asked(&http(&body)).await.error().contains("can't be read"));
}

#[tokio::test]
async fn an_answer_that_ends_early_says_what_to_do() {
    let progress = "{\"progress\":{\"stage\":\"build\",\"message\":\"Building\"}}\n";
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{progress}");
    for answer in [http(progress), http(""), cut.into_bytes()] {
        let done = asked(&answer).await;
        assert!(
            done.error().contains("before there was a result") && done.error().contains("history"),
            "{}",
            done.error()
        );
    }
}

#[tokio::test]
async fn a_result_counts_even_if_the_connection_breaks_behind_it() {
    let home = Home::new();
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{\"result\":{\"apps\":[]}}\n";
    home.runs(&raw(answer.into()).await, &[]);
    assert_eq!(home.json(&["list"]).await.code, 0);
}

#[tokio::test]
async fn a_line_without_end_is_given_up() {
    let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    answer.resize(80 << 20, b'x');
    let done = asked(&answer).await;
    assert!(done.error().contains("longer than 64 MB"), "{}", done.error());
}

#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let answer = b"HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    assert!(asked(answer).await.error().contains("HTTP status 307"));
}

#[tokio::test]
async fn words_of_a_refusal_are_cut_and_can_t_steer() {
    let body = "\u{1b}[2J".to_owned() + &"no ".repeat(50_000);
    let answer = format!("HTTP/1.1 500 No\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let done = asked(answer.as_bytes()).await;
    assert!(done.error().contains("HTTP status 500"), "{}", done.error());
    assert!(!done.words.contains('\u{1b}'));
}
