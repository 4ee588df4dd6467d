using System.Collections;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Scoring.V1;

namespace Scoring.Cli.Tests.Terminal;

/// <summary>Answers every unary method of the contract, or refuses it, with one text in all fields that hold text.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private const int Deepest = 5;

    private readonly WebApplication _app;

    private HostileServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <param name="text">The text.</param>
    /// <param name="refuses">Whether calls fail, with the text in the error.</param>
    public static async Task<HostileServer> StartAsync(string text, bool refuses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        var app = builder.Build();
        app.Run(http => AnswerAsync(http, text, refuses));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new HostileServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext http, string text, bool refuses)
    {
        http.Response.ContentType = "application/grpc";
        var method = new[]
        {
            ScoringService.Descriptor,
            ModelService.Descriptor,
            SegmentService.Descriptor,
            CustomerService.Descriptor,
            HistoryService.Descriptor,
            AdminService.Descriptor,
        }
            .SelectMany(service => service.Methods)
            .Single(method => http.Request.Path == $"/{method.Service.FullName}/{method.Name}");
        if (refuses)
        {
            http.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(text));
        }
        else
        {
            var message = method.OutputType.Parser.ParseFrom(ByteString.Empty);
            Fill(message, text, depth: 0);
            var bytes = message.ToByteArray();
            byte[] prefix =
            [
                0,
                (byte)(bytes.Length >> 24),
                (byte)(bytes.Length >> 16),
                (byte)(bytes.Length >> 8),
                (byte)bytes.Length,
            ];
            await http.Response.Body.WriteAsync((byte[])[.. prefix, .. bytes]);
        }
        http.Response.AppendTrailer("grpc-status", refuses ? $"{(int)StatusCode.InvalidArgument}" : "0");
    }

    private static void Fill(IMessage message, string text, int depth)
    {
        switch (message)
        {
            case Timestamp time:
                time.Seconds = 1_760_000_000;
                return;
            case Duration duration:
                duration.Seconds = 5;
                return;
        }
        var filled = new HashSet<OneofDescriptor>();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.RealContainingOneof is { } choice && !filled.Add(choice))
            {
                continue;
            }
            if (field.IsMap)
            {
                var map = (IDictionary)field.Accessor.GetValue(message);
                var value = field.MessageType.FindFieldByNumber(2);
                map[text] = Value(value, text, depth);
            }
            else if (field.IsRepeated)
            {
                ((IList)field.Accessor.GetValue(message)).Add(Value(field, text, depth));
            }
            else if (!field.Name.EndsWith("page_token", StringComparison.Ordinal))
            {
                field.Accessor.SetValue(message, Value(field, text, depth));
            }
        }
    }

    private static object? Value(FieldDescriptor field, string text, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.String:
                return text;
            case FieldType.Message when depth < Deepest:
                var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Fill(message, text, depth + 1);
                return message;
            case FieldType.Enum:
                return System.Enum.ToObject(field.EnumType.ClrType, 1);
            case FieldType.Double:
                return 1.5;
            case FieldType.Int32:
                return 1;
            case FieldType.Int64:
                return 1L;
            case FieldType.Bool:
                return true;
            default:
                return null;
        }
    }
}
