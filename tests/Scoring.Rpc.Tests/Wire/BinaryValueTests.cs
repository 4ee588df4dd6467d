namespace Scoring.Rpc.Tests.Wire;

public sealed class BinaryValueTests
{
    [Theory]
    [InlineData("", new byte[0])]
    [InlineData("AQ", new byte[] { 1 })]
    [InlineData("AQ==", new byte[] { 1 })]
    [InlineData("AQI", new byte[] { 1, 2 })]
    [InlineData("AQI=", new byte[] { 1, 2 })]
    [InlineData("AQID", new byte[] { 1, 2, 3 })]
    [InlineData(" AQID ", new byte[] { 1, 2, 3 })]
    public void Base64_is_read_with_padding_and_without(string text, byte[] expected)
    {
        Assert.True(BinaryValue.TryDecode(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AQIDA")]
    [InlineData("****")]
    [InlineData("AQ===")]
    [InlineData("A=Q=")]
    [InlineData("Gr\u00fc")]
    public void What_is_not_base64_is_refused(string text) => Assert.False(BinaryValue.TryDecode(text, out _));

    [Fact]
    public void Base64_is_written_without_padding() => Assert.Equal("AQ", BinaryValue.Encode([1]));
}
