using Google.Protobuf.Reflection;
using Grpc.Reflection.V1;
using Scoring.Rpc.Tests.Protos;
using AlphaReflection = Grpc.Reflection.V1Alpha.ReflectionReflection;
using AlphaRequest = Grpc.Reflection.V1Alpha.ServerReflectionRequest;
using AlphaResponse = Grpc.Reflection.V1Alpha.ServerReflectionResponse;

namespace Scoring.Rpc.Tests.Server;

public sealed class ReflectionTests
{
    private static readonly RpcMethod<ServerReflectionRequest, ServerReflectionResponse> Info = RpcMethod.Of<
        ServerReflectionRequest,
        ServerReflectionResponse
    >(ReflectionReflection.Descriptor.Services[0], "ServerReflectionInfo");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_services_are_listed()
    {
        var answer = await AskAsync(new ServerReflectionRequest { Host = "h", ListServices = "*" });

        Assert.Equal("h", answer.ValidHost);
        Assert.Equal(
            [
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
                "scoring.rpc.test.EchoService",
                "scoring.rpc.test.ExtendedService",
            ],
            answer.ListServicesResponse.Service.Select(service => service.Name)
        );
    }

    [Theory]
    [InlineData("scoring.rpc.test.EchoService")]
    [InlineData("scoring.rpc.test.EchoService.Unary")]
    [InlineData("scoring.rpc.test.EchoRequest")]
    [InlineData("scoring.rpc.test.EchoRequest.payload")]
    public async Task A_symbol_is_found_in_its_file(string symbol)
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });

        Assert.Equal("echo.proto", Files(answer)[0]);
    }

    [Fact]
    public async Task A_file_comes_with_what_it_imports()
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileByFilename = "extended.proto" });

        Assert.Equal(["extended.proto", "echo.proto"], Files(answer));
    }

    [Fact]
    public async Task Extensions_are_found_by_number()
    {
        var file = await AskAsync(
            new ServerReflectionRequest
            {
                FileContainingExtension = new ExtensionRequest
                {
                    ContainingType = "scoring.rpc.test.Extendable",
                    ExtensionNumber = 123,
                },
            }
        );
        var numbers = await AskAsync(
            new ServerReflectionRequest { AllExtensionNumbersOfType = "scoring.rpc.test.Extendable" }
        );
        var none = await AskAsync(
            new ServerReflectionRequest { AllExtensionNumbersOfType = "scoring.rpc.test.EchoRequest" }
        );

        Assert.Equal("extended.proto", Files(file)[0]);
        Assert.Equal([123], numbers.AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal("scoring.rpc.test.Extendable", numbers.AllExtensionNumbersResponse.BaseTypeName);
        Assert.Empty(none.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task What_is_unknown_is_not_found_and_the_stream_goes_on()
    {
        await using var server = await StartAsync();
        await using var call = server.Channel.Duplex(Info);
        ServerReflectionRequest[] questions =
        [
            new() { FileByFilename = "no.proto" },
            new() { FileContainingSymbol = "no.Symbol" },
            new()
            {
                FileContainingExtension = new ExtensionRequest { ContainingType = "no.Message", ExtensionNumber = 1 },
            },
            new() { AllExtensionNumbersOfType = "no.Message" },
            new(),
        ];
        foreach (var question in questions)
        {
            await call.WriteAsync(question, Token);
        }

        await call.CompleteAsync();
        var answers = await call.ReadAllAsync(Token).ToListAsync(Token);

        Assert.Equal(questions, answers.Select(answer => answer.OriginalRequest));
        Assert.Equal(
            [
                StatusCode.NotFound,
                StatusCode.NotFound,
                StatusCode.NotFound,
                StatusCode.NotFound,
                StatusCode.InvalidArgument,
            ],
            answers.Select(answer => (StatusCode)answer.ErrorResponse.ErrorCode)
        );
    }

    [Fact]
    public async Task The_older_name_of_the_service_answers_alike()
    {
        await using var server = await StartAsync();
        var method = RpcMethod.Of<AlphaRequest, AlphaResponse>(
            AlphaReflection.Descriptor.Services[0],
            "ServerReflectionInfo"
        );
        await using var call = server.Channel.Duplex(method);
        await call.WriteAsync(new AlphaRequest { FileByFilename = "echo.proto" }, Token);
        await call.CompleteAsync();

        var answer = Assert.Single(await call.ReadAllAsync(Token).ToListAsync(Token));

        Assert.Equal(EchoReflection.Descriptor.SerializedData, answer.FileDescriptorResponse.FileDescriptorProto[0]);
    }

    private static Task<TestServer> StartAsync() =>
        TestServer.StartAsync(map: app =>
        {
            app.MapRpcReflection();
            app.MapRpcService(ExtendedReflection.Descriptor.Services[0], new Extended());
        });

    private static async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest request)
    {
        await using var server = await StartAsync();
        await using var call = server.Channel.Duplex(Info);
        await call.WriteAsync(request, Token);
        await call.CompleteAsync();
        return Assert.Single(await call.ReadAllAsync(Token).ToListAsync(Token));
    }

    private static string[] Files(ServerReflectionResponse response) =>
        [
            .. response.FileDescriptorResponse.FileDescriptorProto.Select(file =>
                FileDescriptorProto.Parser.ParseFrom(file).Name
            ),
        ];

    private sealed class Extended
    {
        public Task<EchoResponse> Do(Extendable request, CallContext context) => throw new NotSupportedException();
    }
}
