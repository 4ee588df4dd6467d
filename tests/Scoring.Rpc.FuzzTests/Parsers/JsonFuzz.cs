using System.Buffers;
using System.Text.Json;
using Google.Rpc;
using Scoring.Rpc.Json;
using Scoring.Rpc.Protocols.Connect;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed class JsonFuzz
{
    private static readonly JsonMapping Mapping = new([AskReflection.Descriptor]);

    [Fact]
    public void Json_is_read_and_written_again_as_the_same_or_refused_as_invalid() =>
        Fuzz.Run(
            "json",
            length => 500_000 + (3_000L * length),
            (input, random) =>
            {
                var whole = Read(new ReadOnlySequence<byte>(input));
                var chopped = Read(Chopped.Sequence(input, random));

                Assert.Equal(whole.Error, chopped.Error);
                Assert.Equal(whole.Message, chopped.Message);
                if (whole.Message is null)
                {
                    return;
                }

                var written = new ArrayBufferWriter<byte>();
                try
                {
                    Mapping.Write(written, whole.Message);
                }
                catch (RpcException error) when (error.Code == StatusCode.Internal)
                {
                    // Such as a structure with a field without a name: it can be read and has no form to be written in.
                    Assert.Contains("cannot be written as JSON", error.Message, StringComparison.Ordinal);
                    return;
                }

                Assert.Equal(
                    whole.Message,
                    Mapping.Parse(new ReadOnlySequence<byte>(written.WrittenMemory), Question.Descriptor)
                );
            },
            tokens:
            [
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"",
                "null",
                "true",
                "false",
                "\\ud800",
                "\\udc00",
                "\\u0000",
                "\\",
                "\"@type\":",
                "\"value\":",
                "\"inner\":{",
                "\"answers\":[",
                "\"packed\":{",
                "\"named\":{",
                "\"anything\":{",
                "\"customerId\":\"",
                "\"customer_id\":",
                "\"NaN\"",
                "\"-Infinity\"",
                "1e999",
                "type.googleapis.com/google.protobuf.Any",
                "type.googleapis.com/scoring.rpc.test.Question",
                "{\"@type\":\"type.googleapis.com/google.protobuf.Any\",\"value\":",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "-315576000000.999999999s",
                "\ufeff",
                " ",
                "//",
                "\xff",
                "\xed\xa0\x80",
            ]
        );

    [Fact]
    public void Details_of_any_content_give_an_error_in_proper_json() =>
        Fuzz.Run(
            "statuses",
            length => 500_000 + (3_000L * length),
            (input, _) =>
            {
                Status status;
                try
                {
                    status = Status.Parser.ParseFrom(input);
                }
                catch (Google.Protobuf.InvalidProtocolBufferException)
                {
                    return;
                }

                var error = new RpcException(StatusCode.Aborted, status.Message, status.Details);
                using var json = JsonDocument.Parse(
                    ConnectError.ToJson(error, Mapping),
                    new JsonDocumentOptions { MaxDepth = 1000 }
                );
                Assert.Equal("aborted", json.RootElement.GetProperty("code").GetString());
                var details = json.RootElement.TryGetProperty("details", out var list) ? list.GetArrayLength() : 0;
                Assert.Equal(status.Details.Count, details);
            },
            tokens:
            [
                "type.googleapis.com/google.rpc.RetryInfo",
                "\x0a",
                "\x12",
                "google.protobuf.Any",
                "\xff\xff\xff\xff\x0f",
            ]
        );

    private static (Question? Message, string? Error) Read(in ReadOnlySequence<byte> json)
    {
        try
        {
            return ((Question)Mapping.Parse(json, Question.Descriptor), null);
        }
        catch (RpcException error)
        {
            Assert.Equal(StatusCode.InvalidArgument, error.Code);
            Assert.InRange(error.Message.Length, 1, 20_000);
            Assert.DoesNotContain(error.Message, c => char.IsControl(c));
            return (null, error.Message);
        }
    }
}
