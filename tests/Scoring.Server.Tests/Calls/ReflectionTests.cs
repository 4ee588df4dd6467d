using Google.Protobuf.Reflection;
using Grpc.Reflection.V1;

namespace Scoring.Server.Tests.Calls;

/// <summary>Tools that know nothing of the contract ask the server for it.</summary>
public sealed class ReflectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Services => [.. All];

    private static string[] All =>
        [
            .. typeof(V1.ScoringService)
                .Assembly.GetExportedTypes()
                .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
                .OfType<ServiceDescriptor>()
                .Select(service => service.FullName),
        ];

    [Fact]
    public async Task Every_service_of_the_contract_is_listed()
    {
        await using var front = await Front.StartAsync();

        var answer = await AskAsync(front, new() { ListServices = "" });

        var listed = answer.ListServicesResponse.Service.Select(service => service.Name).ToHashSet();
        Assert.Equal(6, All.Length);
        Assert.Subset(listed, All.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_file_of_every_service_is_found(string service)
    {
        await using var front = await Front.StartAsync();

        var answer = await AskAsync(front, new() { FileContainingSymbol = service });

        Assert.NotEmpty(answer.FileDescriptorResponse?.FileDescriptorProto ?? []);
    }

    private static async Task<ServerReflectionResponse> AskAsync(Front front, ServerReflectionRequest question)
    {
        using var call = new ServerReflection.ServerReflectionClient(front.Channel).ServerReflectionInfo(
            cancellationToken: Token
        );
        await call.RequestStream.WriteAsync(question, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call.ResponseStream.Current;
    }
}
