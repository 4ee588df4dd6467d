namespace Scoring.Rpc.Tests.Wire;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_ignore_case_and_the_last_value_counts()
    {
        var metadata = new Metadata();
        metadata.Add("X-Id", "1");
        metadata.Add("x-id", "2");
        metadata.Add("X-Raw-Bin", new byte[] { 9 });

        Assert.Equal("2", metadata.GetText("x-ID"));
        Assert.Equal(["1", "2"], metadata.GetAll("x-id").Select(entry => entry.Text));
        Assert.Equal(new byte[] { 9 }, metadata.GetBytes("x-raw-bin")?.ToArray());
        Assert.Null(metadata.GetText("absent"));
        Assert.Null(metadata.GetBytes("absent-bin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("grüße")]
    [InlineData(":path")]
    [InlineData("grpc-status")]
    [InlineData("Content-Type")]
    [InlineData("te")]
    [InlineData("x-bytes-bin")]
    public void A_key_that_is_not_for_text_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new Metadata().Add(key, "value"));

    [Theory]
    [InlineData("line\nbreak")]
    [InlineData("ü")]
    [InlineData(" ends")]
    [InlineData("ends ")]
    public void A_value_that_no_header_carries_is_refused(string value) =>
        Assert.Throws<ArgumentException>(() => new Metadata().Add("key", value));

    [Fact]
    public void Bytes_need_a_key_that_ends_in_bin() =>
        Assert.Throws<ArgumentException>(() => new Metadata().Add("key", new byte[] { 1 }));

    [Fact]
    public void What_a_peer_sends_is_taken_only_as_far_as_it_is_metadata()
    {
        var metadata = new Metadata();
        foreach (
            var (name, value) in ((string, string)[])
                [
                    ("X-Good", "value"),
                    ("x-bad", "v\u00e4lue"),
                    ("x-bytes-bin", "AQ==, not base64 ,Ag"),
                    ("grpc-timeout", "1S"),
                    (":path", "/"),
                    ("Content-Type", "application/grpc"),
                ]
        )
        {
            ReceivedMetadata.Add(metadata, name, value);
        }

        Assert.Equal(["x-good", "x-bytes-bin", "x-bytes-bin"], metadata.Select(entry => entry.Key));
        Assert.Equal(
            [
                [1],
                [2],
            ],
            metadata.GetAll("x-bytes-bin").Select(entry => entry.Bytes.ToArray())
        );
    }
}
