namespace Scoring.Rpc.Tests.Wire;

public sealed class PeerTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("gzip", "gzip")]
    [InlineData("Grüße €", "Grüße €")]
    [InlineData("a\r\nb\0c\u001b[31m", "a\ufffd\ufffdb\ufffdc\ufffd[31m")]
    [InlineData("a\u2028b\u202ec", "a\ufffdb\ufffdc")]
    public void What_a_peer_sent_is_repeated_on_one_line(string? text, string shown) =>
        Assert.Equal(shown, PeerText.Of(text));

    [Fact]
    public void Half_a_character_is_not_repeated() => Assert.Equal("a\ufffd", PeerText.Of("a" + '\ud800'));

    [Theory]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789a", "0123456789...")]
    [InlineData("012345678\U0001F600", "012345678...")]
    public void What_a_peer_sent_is_repeated_only_in_part_if_it_is_long(string text, string shown) =>
        Assert.Equal(shown, PeerText.Of(text, 10));
}
