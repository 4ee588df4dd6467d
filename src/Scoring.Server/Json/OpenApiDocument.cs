using Microsoft.OpenApi.Models;

namespace Scoring.Server.Json;

/// <summary>The JSON routes as an OpenAPI document at /openapi.json, and a page to try them at /try.</summary>
internal static class OpenApiDocument
{
    /// <summary>The document's name, which its path is made of.</summary>
    private const string Name = "openapi";

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddGrpcSwagger();
        services.AddSwaggerGen(document =>
        {
            document.SwaggerDoc(
                Name,
                new OpenApiInfo
                {
                    Title = "Scoring",
                    Version = "v1",
                    Description = "Records what customers do and answers for one customer, a segment or an account.",
                }
            );
            // The comments of the contract, of methods and of fields.
            var comments = Path.Combine(AppContext.BaseDirectory, "Scoring.Contracts.xml");
            document.IncludeGrpcXmlComments(comments, includeControllerXmlComments: true);
            document.IncludeXmlComments(comments);
        });
    }

    /// <summary>To stand where no endpoint was found, so that calls do not pass through it.</summary>
    public static void UseOpenApiDocument(this IApplicationBuilder app)
    {
        if (!app.ApplicationServices.GetRequiredService<FrontOptions>().ApiPage)
        {
            return;
        }
        app.UseSwagger(document => document.RouteTemplate = "/{documentName}.json");
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "try";
            page.DocumentTitle = "Scoring";
            page.SwaggerEndpoint($"/{Name}.json", "Scoring");
        });
    }
}
