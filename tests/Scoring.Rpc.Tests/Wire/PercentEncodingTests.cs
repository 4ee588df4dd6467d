using Scoring.Rpc.Grpc;

namespace Scoring.Rpc.Tests.Wire;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, with ~ and !", "plain text, with ~ and !")]
    [InlineData("100%", "100%25")]
    [InlineData("\t\r\n", "%09%0D%0A")]
    [InlineData("Grüße 😈", "Gr%C3%BC%C3%9Fe %F0%9F%98%88")]
    public void Text_is_encoded_and_decoded(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("100%!", "100%!")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%c3%bc", "ü")]
    [InlineData("%FF", "\uFFFD")]
    public void Decoding_never_fails(string encoded, string text) =>
        Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("%EF%BF%BD", PercentEncoding.Encode("\uD800"));
}
