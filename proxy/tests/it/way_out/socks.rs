//! SOCKS5, by a server of the test's own that knows no more of it than is needed (RFC 1928 and 1929).

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::{HIDDEN, PASSWORD, USER, WRONG_PASSWORD, failed_login, must_not_be_logged, through};
use crate::support::*;

/// Lets those through who know the password, to whatever port they name, on this machine.
async fn serve(mut client: TcpStream) -> std::io::Result<()> {
    let mut three = [0; 3];
    client.read_exact(&mut three).await?;
    // One method only is offered, and that must be a user's name with a password.
    client.write_all(&[5, 2]).await?;
    let mut shown = [String::new(), String::new()];
    client.read_u8().await?;
    for text in &mut shown {
        let mut bytes = vec![0; client.read_u8().await?.into()];
        client.read_exact(&mut bytes).await?;
        *text = String::from_utf8(bytes).unwrap();
    }
    let is_right = shown == [USER, PASSWORD];
    client.write_all(&[1, u8::from(!is_right)]).await?;
    let mut wanted = [0; 10];
    client.read_exact(&mut wanted).await?;
    let port = u16::from_be_bytes([wanted[8], wanted[9]]);
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

#[actix_web::test]
async fn a_login_goes_through_socks_and_a_wrong_password_is_named() {
    must_not_be_logged();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(async move { drop(serve(client).await) });
        }
    });
    let simulator = Simulator::start().await.unwrap();
    for scheme in ["socks5", "socks5h"] {
        let url = |password| format!("{scheme}://{USER}:{password}@{place}");
        let proxy = through(&simulator.base_url(), &url(PASSWORD)).await;
        proxy.log_in(&simulator, "xiaoming", Base).await;
        let proxy = through(&simulator.base_url(), &url(WRONG_PASSWORD)).await;
        let line = failed_login(&proxy, "code").await;
        let words = format!(
            "wants a user and a password, or other ones (407): through {scheme}://{place}: "
        );
        assert!(line.contains(&words), "{line}");
    }
    assert_not_logged(&HIDDEN);
}
