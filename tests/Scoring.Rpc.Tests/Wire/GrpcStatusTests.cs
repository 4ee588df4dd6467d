using Google.Rpc;
using Scoring.Rpc.Grpc;

namespace Scoring.Rpc.Tests.Wire;

public sealed class GrpcStatusTests
{
    [Fact]
    public void A_status_with_details_comes_out_as_it_went_in()
    {
        var error = RpcError.InvalidArgument("event.value", "must be finite, is 100 % ∞");

        var read = GrpcStatus.Read(
            GrpcStatus.CodeText(error.Code),
            GrpcStatus.MessageText(error.Message),
            GrpcStatus.DetailsText(error),
            []
        );

        Assert.NotNull(read);
        Assert.Equal(error.Code, read.Code);
        Assert.Equal(error.Message, read.Message);
        Assert.True(read.TryGetDetail<BadRequest>(out var badRequest));
        Assert.Equal("event.value", Assert.Single(badRequest.FieldViolations).Field);
        Assert.False(read.TryGetDetail<RetryInfo>(out _));
    }

    [Fact]
    public void A_status_too_large_for_headers_is_shortened_and_stays_readable()
    {
        var details = Enumerable.Range(0, 10).Select(i => new DebugInfo { Detail = new string((char)('a' + i), 1000) });
        var error = new RpcException(StatusCode.Internal, new string('m', 5000), [.. details]);

        var text = GrpcStatus.DetailsText(error);
        var message = GrpcStatus.MessageText(error.Message);
        var read = GrpcStatus.Read("13", message, text, []);

        Assert.True(message.Length <= GrpcStatus.MaxMessageLength);
        Assert.NotNull(read);
        Assert.NotEmpty(read.Details);
        Assert.Equal(error.Details.Take(read.Details.Count), read.Details);
        Assert.True(text!.Length <= GrpcStatus.MaxDetailsSize * 4 / 3 + 4);
    }

    [Theory]
    [InlineData("m", 2048, true)]
    [InlineData("m", 2049, false)]
    [InlineData("ü", 340, true)]
    [InlineData("ü", 100_000, false)]
    [InlineData("😈", 100_000, false)]
    public void A_message_is_cut_only_if_its_encoded_form_is_too_long(string character, int count, bool whole)
    {
        var message = string.Concat(Enumerable.Repeat(character, count));

        var text = GrpcStatus.MessageText(message);

        Assert.InRange(text.Length, 400, GrpcStatus.MaxMessageLength);
        Assert.Equal(whole, PercentEncoding.Decode(text) == message);
        Assert.Equal(!whole, text.EndsWith("...", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("17", StatusCode.Unknown)]
    [InlineData("999999999999", StatusCode.Unknown)]
    [InlineData("", StatusCode.Unknown)]
    [InlineData("x", StatusCode.Unknown)]
    [InlineData("-1", StatusCode.Unknown)]
    [InlineData("16", StatusCode.Unauthenticated)]
    public void An_unknown_code_is_unknown(string text, StatusCode code) =>
        Assert.Equal(code, GrpcStatus.Read(text, null, "not base64!", [])?.Code);

    [Fact]
    public void Zero_is_no_error() => Assert.Null(GrpcStatus.Read("0", null, null, []));
}
