/// Keys of nobody: an authority made for these tests, and a server (`localhost`, 127.0.0.1) and a client it signed.
/// Valid for a hundred years; nothing outside these tests trusts them.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBmDCCAT+gAwIBAgIURPaPPMY2If1xDQtZrWVsuJlPg1IwCgYIKoZIzj0EAwIw
        ITEfMB0GA1UEAwwWRHJ5ZG9jayB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjQwMDI1
        MjJaGA8yMTI2MTAzMTAwMjUyMlowITEfMB0GA1UEAwwWRHJ5ZG9jayB0ZXN0IGF1
        dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPdJOG6LdwNEkwbuZAKm
        wt6uVTrKYvESh9qNqPeRnVLwGLKGnRXtOaBOpg317j7utxag+IDY/qFjnY0amjLq
        8m2jUzBRMB0GA1UdDgQWBBQ2mfEaNmV1ih41Ctenfq5pvM67vDAfBgNVHSMEGDAW
        gBQ2mfEaNmV1ih41Ctenfq5pvM67vDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49
        BAMCA0cAMEQCIHLDjEAvzyoSBYGrJx1TekfRhO3sBBYZ4yoCs0vWkRY2AiBLUX6g
        df6b9hPYdfASMMNsrtfoO2IB1JkDo/GrC1PabA==
        -----END CERTIFICATE-----
        """
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBqTCCAU+gAwIBAgIUcWaewQ2AC3arReV0B2OS+zPuUnUwCgYIKoZIzj0EAwIw
        ITEfMB0GA1UEAwwWRHJ5ZG9jayB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjQwMDI1
        MjJaGA8yMTI2MTAzMTAwMjUyMlowETEPMA0GA1UEAwwGc2VydmVyMFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEcDcGnVtn/dxpt8eQVgFT3rs6Cr71jfgGo4v9rGuH
        oYyCnAVbL3QORFIf/lnPeUuVnGyVjiHWtaWnlHz+pqBtKaNzMHEwGgYDVR0RBBMw
        EYIJbG9jYWxob3N0hwR/AAABMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQW
        BBS558LgF/nvKpxuS2foHvLuRBVaOjAfBgNVHSMEGDAWgBQ2mfEaNmV1ih41Cten
        fq5pvM67vDAKBggqhkjOPQQDAgNIADBFAiEA7Kd9AAPLF/xo2IvJoNQB+sImDmJ2
        +tpaaT5U/IWzxEYCIA8t5k58U2QpYC+ajxnWuK3p7lzxBgZvYt+gbvvtgSzj
        -----END CERTIFICATE-----
        """
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgom9xl9H9d4fKQmun
        GPiP5uTy77cgf9gYfxtHcwWnMrOhRANCAARwNwadW2f93Gm3x5BWAVPeuzoKvvWN
        +Aaji/2sa4ehjIKcBVsvdA5EUh/+Wc95S5WcbJWOIda1paeUfP6moG0p
        -----END PRIVATE KEY-----
        """
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBjDCCATOgAwIBAgIUcWaewQ2AC3arReV0B2OS+zPuUnYwCgYIKoZIzj0EAwIw
        ITEfMB0GA1UEAwwWRHJ5ZG9jayB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjQwMDI1
        MjJaGA8yMTI2MTAzMTAwMjUyMlowETEPMA0GA1UEAwwGY2xpZW50MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEHNGegVXyD+6PNn7uTvvOhtwyvTgBHgSv7tRgc6F/
        ONUi/GNKYUj838/sL3I4dvQvxhDboLa4qTYRDmiXLnRCmKNXMFUwEwYDVR0lBAww
        CgYIKwYBBQUHAwIwHQYDVR0OBBYEFPj8eCQi8nN0AVPqg2G6pUPhQTa2MB8GA1Ud
        IwQYMBaAFDaZ8Ro2ZXWKHjUK16d+rmm8zru8MAoGCCqGSM49BAMCA0cAMEQCIDeR
        tAXz1x1NhBCu32Z7zlwMVPWZqWrkRsLTHmnqM/asAiAYjaUSYbl5jQTDZGZiQkQq
        WiYZnwu2zO4sXGmwSgF1sQ==
        -----END CERTIFICATE-----
        """
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw6Aqn8isOdzQ2aji
        CfTckrnotGQxmhSCYPHqpp+1fBOhRANCAAQc0Z6BVfIP7o82fu5O+86G3DK9OAEe
        BK/u1GBzoX841SL8Y0phSPzfz+wvcjh29C/GENugtripNhEOaJcudEKY
        -----END PRIVATE KEY-----
        """
}
