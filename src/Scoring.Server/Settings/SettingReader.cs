using Microsoft.Extensions.Options;

namespace Scoring.Server.Settings;

/// <summary>Reads settings from configuration by the options of .NET: every name must be known, every value valid.</summary>
internal static class SettingReader
{
    /// <summary>Registers options that a section sets. What is wrong with them stops the host at its start, by an <see cref="OptionsValidationException"/>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The configuration, whose later sources win.</param>
    /// <param name="section">The section that sets them.</param>
    public static OptionsBuilder<T> AddSettings<T>(
        this IServiceCollection services,
        IConfigurationRoot configuration,
        string section
    )
        where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new SettingValidator<T>(section));
        return services.AddOptions<T>().Configure(Bind).ValidateOnStart();

        void Bind(T options)
        {
            var texts = new SettingTexts(configuration, section, typeof(T));
            if (texts.Faults.Count > 0)
            {
                throw new OptionsValidationException(Options.DefaultName, typeof(T), texts.Faults);
            }
            texts.Section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
    }

    /// <summary>The same options for who needs them before there is a host.</summary>
    /// <exception cref="SettingException">A setting is unknown or wrong.</exception>
    public static T Read<T>(IConfigurationRoot configuration, string section)
        where T : class
    {
        var services = new ServiceCollection();
        services.AddSettings<T>(configuration, section);
        using var provider = services.BuildServiceProvider();
        try
        {
            return provider.GetRequiredService<IOptions<T>>().Value;
        }
        catch (OptionsValidationException error)
        {
            throw new SettingException(string.Join('\n', error.Failures));
        }
    }
}
